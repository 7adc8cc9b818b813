package dev.starling.apiserver.http;

import dev.starling.apiserver.aggregation.DelegatedDocuments;
import dev.starling.apiserver.openapi.Documents;
import dev.starling.apiserver.openapi.OpenApiV2;
import dev.starling.apiserver.openapi.OpenApiV3;
import dev.starling.apiserver.registry.Kind;
import dev.starling.apiserver.registry.KindSchema;
import dev.starling.apiserver.registry.Registry;
import dev.starling.apiserver.registry.ServedResource;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.object.ResourceType;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/** Serves {@code /openapi/v2} and {@code /openapi/v3}: documents made when first asked for, and of what is served. */
final class OpenApiPages {
    private static final String V2_PROTOBUF_OLD = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    private final Schemas schemas;
    private final Registry registry;
    private final InstantSource clock;
    private final DelegatedDocuments delegated;
    private volatile Optional<Made> made = Optional.empty();

    private record Made(List<ServedResource> served, String delegated, OpenApiV2 v2, OpenApiV3 v3) {
    }

    OpenApiPages(Schemas schemas, Registry registry, DelegatedDocuments delegated,
            InstantSource clock) {
        this.schemas = schemas;
        this.registry = registry;
        this.delegated = delegated;
        this.clock = clock;
    }

    private Made documents() {
        var served = registry.catalog().served();
        String others = delegated.fingerprint();
        return made.filter(documents -> documents.served() == served && documents.delegated().equals(others))
                .orElseGet(() -> {
            var custom = Documents.of(served.stream().map(ServedResource::type).toList(), this::document);
            var fresh = new Made(served, others, new OpenApiV2(schemas, served, custom, delegated::added),
                    new OpenApiV3(schemas, served, custom, delegated.third()));
            made = Optional.of(fresh);
            return fresh;
        });
    }

    private Optional<KindSchema.Document> document(ResourceType type) {
        return registry.catalog().find(type).flatMap(resource ->
                resource instanceof Kind kind ? kind.schema().document() : Optional.empty());
    }

    void serve(Exchange exchange, ApiRequest request) {
        var segments = request.segments();
        String version = segments.size() < 2 ? "" : segments.get(1);
        if (version.equals("v2") && segments.size() == 2) {
            v2(exchange);
        } else if (version.equals("v3") && segments.size() == 2) {
            var v3 = documents().v3();
            if (!unchanged(exchange, v3.indexHash())) {
                exchange.answer(200, MediaType.JSON, v3.index());
            }
        } else if (version.equals("v3")) {
            v3(exchange, String.join("/", segments.subList(2, segments.size())), request.query().text("hash"));
        } else {
            Answer.text(exchange, 404, "404 page not found\n");
        }
    }

    /**
     * A document that is asked for by its hash may be kept for ever; an old hash leads to the new one.
     * Source: {@code kube-openapi/pkg/handler3}.
     */
    private void v3(Exchange exchange, String path, String wanted) {
        var v3 = documents().v3();
        String hash = v3.hash(path);
        if (hash.isEmpty()) {
            Answer.text(exchange, 404, "404 page not found\n");
            return;
        }
        if (!wanted.isEmpty() && !wanted.equals(hash)) {
            exchange.add("Location", v3.url(path));
            exchange.answer(301);
            return;
        }
        if (!wanted.isEmpty()) {
            exchange.add("Cache-Control", "public, immutable");
            exchange.add("Expires", DateTimeFormatter.RFC_1123_DATE_TIME.format(
                    clock.instant().atOffset(ZoneOffset.UTC).plusYears(1)));
        }
        if (!unchanged(exchange, hash)) {
            exchange.answer(200, MediaType.JSON, List.of(v3.document(path).orElseThrow()));
        }
    }

    private void v2(Exchange exchange) {
        for (var clause : Accept.parse(exchange.header("Accept")).clauses()) {
            boolean protobuf = clause.type().equals(OpenApiV2.PROTOBUF) || clause.type().equals(V2_PROTOBUF_OLD);
            if (!protobuf && !clause.json()) {
                continue;
            }
            var v2 = documents().v2();
            if (!unchanged(exchange, v2.hash() + documents().delegated())) {
                exchange.answer(200, protobuf ? "application/octet-stream" : MediaType.JSON,
                        List.of(protobuf ? v2.protobuf() : v2.json()));
            }
            return;
        }
        throw new ApiException(ApiException.Reason.NOT_ACCEPTABLE, "only the following media types are accepted: "
                + "application/json, " + OpenApiV2.PROTOBUF);
    }

    /** Names the document's hash, and answers that the client has it already if it does. */
    private static boolean unchanged(Exchange exchange, String hash) {
        String tag = "\"" + hash + "\"";
        exchange.add("ETag", tag);
        exchange.add("Vary", "Accept");
        boolean same = exchange.header("If-None-Match").contains(tag);
        if (same) {
            exchange.answer(304);
        }
        return same;
    }
}
