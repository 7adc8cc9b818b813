package dev.starling.apiserver.http;

import dev.starling.apiserver.registry.KindRules;
import dev.starling.apiserver.table.Layout;
import dev.starling.apiserver.table.Tables;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ObjectList;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonWriter;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Writes answers in the form that the client asked for. */
final class Answer {
    private static final byte[] LINE_END = {'\n'};
    private static final byte[] COMMA = {','};
    private static final byte[] LIST_END = "]}\n".getBytes(StandardCharsets.US_ASCII);
    private static final Set<String> STATUS_KIND = Set.of("Status");

    private final Exchange exchange;
    private final Form form;
    private final boolean pretty;
    private final Tables.Include include;
    private Optional<Layout> layout = Optional.empty(); // set before the first use
    private String listKind = ""; // set before the first use

    private Answer(Exchange exchange, Form form, boolean pretty, Tables.Include include) {
        this.exchange = exchange;
        this.form = form;
        this.pretty = pretty;
        this.include = include;
    }

    /** @throws ApiException NOT_ACCEPTABLE if the client takes no form that there is */
    static Answer to(Exchange exchange, ApiRequest request) {
        var form = Accept.parse(exchange.header("Accept")).objectForm();
        return new Answer(exchange, form, pretty(exchange, request), include(request));
    }

    private static boolean pretty(Exchange exchange, ApiRequest request) {
        if (request.query().has("pretty")) {
            return request.query().flag("pretty");
        }
        String agent = exchange.header("User-Agent");
        return agent.startsWith("curl") || agent.startsWith("Wget") || agent.startsWith("Mozilla/5.0");
    }

    private static Tables.Include include(ApiRequest request) {
        return switch (request.query().text("includeObject")) {
            case "None" -> Tables.Include.NONE;
            case "Object" -> Tables.Include.OBJECT;
            case "", "Metadata" -> Tables.Include.METADATA;
            default -> throw ApiException.badRequest("unrecognized includeObject value: \""
                    + request.query().text("includeObject") + "\"");
        };
    }

    Form form() {
        return form;
    }

    /** Shows objects as their kind wishes. */
    Answer of(KindRules rules) {
        layout = rules.layout();
        listKind = rules.listKind();
        return this;
    }

    /** A refusal, as JSON whatever the client takes. */
    static void refuse(Exchange exchange, ApiException refusal) {
        refusal.details().find("retryAfterSeconds").ifPresent(seconds ->
                exchange.add("Retry-After", Long.toString(seconds.number(1))));
        exchange.answer(refusal.code(), MediaType.JSON, KubeStatus.bytes(refusal));
    }

    /** A plain text, such as a health check's. */
    static void text(Exchange exchange, int code, String text) {
        exchange.add("X-Content-Type-Options", "nosniff");
        exchange.answer(code, MediaType.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A document that has one form only. */
    void document(int code, JsonObject document) {
        if (form.yaml()) {
            exchange.answer(code, MediaType.YAML, Yaml.write(document).getBytes(StandardCharsets.UTF_8));
        } else if (pretty) {
            exchange.answer(code, MediaType.JSON,
                    (JsonWriter.pretty(document) + "\n").getBytes(StandardCharsets.UTF_8));
        } else {
            exchange.answer(code, MediaType.JSON, List.of(JsonWriter.bytes(document), LINE_END));
        }
    }

    /** One object. A {@code Status} is never shown as a table. */
    void object(int code, ResourceType type, KubeObject object, Instant now) {
        boolean status = STATUS_KIND.contains(object.kind());
        var view = status ? Form.View.OBJECT : form.view();
        switch (view) {
            case OBJECT -> whole(code, object);
            case TABLE -> document(code, table(type, List.of(object), metadata(object), true, now));
            case METADATA -> document(code, Tables.metadataOnly(object, form.version()));
            case METADATA_LIST -> throw notAcceptable("you requested PartialObjectMetadataList, but the requested "
                    + "object is not a list (" + goName(type) + ")");
        }
    }

    private static ApiException notAcceptable(String why) {
        return new ApiException(ApiException.Reason.NOT_ACCEPTABLE, why);
    }

    /** The type as upstream's messages name it: {@code *core.Pod}. */
    private static String goName(ResourceType type) {
        int dot = type.group().indexOf('.');
        String name = type.group().isEmpty() ? "core" : dot < 0 ? type.group() : type.group().substring(0, dot);
        return "*" + name + "." + type.kind();
    }

    private void whole(int code, KubeObject object) {
        if (form.yaml() || pretty) {
            document(code, object.tree());
        } else {
            exchange.answer(code, MediaType.JSON, List.of(object.bytes(), LINE_END));
        }
    }

    private static JsonObject metadata(KubeObject object) {
        return JsonObject.of("resourceVersion", object.resourceVersion());
    }

    /** A collection; its objects are written as they are stored. */
    void list(ResourceType type, ObjectList list, Instant now) {
        var metadata = JsonObject.builder().put("resourceVersion", list.resourceVersion())
                .putText("continue", list.continueToken());
        if (list.remaining() > 0) {
            metadata.put("remainingItemCount", list.remaining());
        }
        switch (form.view()) {
            case OBJECT -> objects(type, list, metadata.build());
            case TABLE -> document(200, table(type, list.items(), metadata.build(), true, now));
            case METADATA -> throw notAcceptable("you requested PartialObjectMetadata, but the requested object is a "
                    + "list (" + goName(type) + "List)");
            case METADATA_LIST -> document(200, JsonObject.of("kind", "PartialObjectMetadataList",
                    "apiVersion", "meta.k8s.io/" + form.version(), "metadata", metadata.build(),
                    "items", list.items().stream().map(o -> Tables.metadataOnly(o, form.version())).toList()));
        }
    }

    private void objects(ResourceType type, ObjectList list, JsonObject metadata) {
        var head = JsonObject.of("kind", listKind.isEmpty() ? type.kind() + "List" : listKind,
                "apiVersion", type.apiVersion(), "metadata", metadata);
        if (form.yaml() || pretty) {
            document(200, head.with("items", JsonArray.of(list.items().stream().map(o -> (Json) o.tree()).toList())));
            return;
        }
        var pieces = new ArrayList<byte[]>(2 * list.items().size() + 2);
        String opening = JsonWriter.text(head);
        pieces.add((opening.substring(0, opening.length() - 1) + ",\"items\":[").getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < list.items().size(); i++) {
            if (i > 0) {
                pieces.add(COMMA);
            }
            pieces.add(list.items().get(i).bytes());
        }
        pieces.add(LIST_END);
        exchange.answer(200, MediaType.JSON, pieces);
    }

    /** The object of a watch event, in the form that the client asked for. */
    byte[] event(ResourceType type, KubeObject object, boolean first, Instant now) {
        return switch (form.view()) {
            case OBJECT -> object.bytes();
            case TABLE -> JsonWriter.bytes(table(type, List.of(object), metadata(object), first, now));
            case METADATA, METADATA_LIST -> JsonWriter.bytes(Tables.metadataOnly(object, form.version()));
        };
    }

    private JsonObject table(ResourceType type, List<KubeObject> objects, JsonObject metadata, boolean headed,
            Instant now) {
        return Tables.table(layout.orElseGet(() -> Tables.layout(type)), objects,
                new Tables.Wish(form.version(), metadata, include, headed, now));
    }
}
