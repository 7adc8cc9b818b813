package dev.starling.apiserver.http;

import dev.starling.apiserver.cbor.CborWriter;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonWriter;
import dev.starling.kube.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes a tree as JSON, YAML or CBOR, as the client asked for; what has another form too falls back to JSON here. */
record Document(Exchange exchange, Form form, boolean pretty) {
    private static final byte[] LINE_END = {'\n'};

    /** @throws dev.starling.kube.api.ApiException NOT_ACCEPTABLE if the client takes no form that there is */
    static Document to(Exchange exchange, ApiRequest request) {
        return new Document(exchange, Accept.parse(exchange.header("Accept")).objectForm(false, false,
                exchange.cbor()),
                pretty(exchange, request));
    }

    static boolean pretty(Exchange exchange, ApiRequest request) {
        if (request.query().has("pretty")) {
            return request.query().flag("pretty");
        }
        String agent = exchange.header("User-Agent");
        return agent.startsWith("curl") || agent.startsWith("Wget") || agent.startsWith("Mozilla/5.0");
    }

    /** Whether encoded objects cannot be sent as they are stored. */
    boolean rewrites() {
        return form.yaml() || form.cbor() || pretty;
    }

    void document(int code, JsonObject document) {
        if (form.cbor()) {
            exchange.answer(code, MediaType.CBOR, CborWriter.bytes(document));
        } else if (form.yaml()) {
            exchange.answer(code, MediaType.YAML, Yaml.write(document).getBytes(StandardCharsets.UTF_8));
        } else if (pretty) {
            exchange.answer(code, MediaType.JSON,
                    (JsonWriter.pretty(document) + "\n").getBytes(StandardCharsets.UTF_8));
        } else {
            exchange.answer(code, MediaType.JSON, List.of(JsonWriter.bytes(document), LINE_END));
        }
    }

    void encoded(int code, byte[] json) {
        exchange.answer(code, MediaType.JSON, List.of(json, LINE_END));
    }
}
