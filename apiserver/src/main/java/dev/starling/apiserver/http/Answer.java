package dev.starling.apiserver.http;

import dev.starling.apiserver.cbor.CborWriter;
import dev.starling.apiserver.protobuf.ProtobufAnswers;
import dev.starling.apiserver.registry.KindRules;
import dev.starling.apiserver.table.Layout;
import dev.starling.apiserver.table.Tables;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ObjectList;
import dev.starling.kube.api.WatchEvent;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonWriter;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Writes answers about objects of one type in the form that the client asked for. */
final class Answer {
    private static final byte[] EVENT_END = {'}', '\n'};

    private final Exchange exchange;
    private final Document document;
    private final ResourceType type;
    private final Tables.Include include;
    private final ProtobufAnswers protobuf;
    private Optional<Layout> layout = Optional.empty(); // set before the first use
    private String listKind; // set before the first use

    private Answer(Exchange exchange, Document document, ResourceType type, Tables.Include include,
            ProtobufAnswers protobuf) {
        this.exchange = exchange;
        this.document = document;
        this.type = type;
        this.include = include;
        this.protobuf = protobuf;
        this.listKind = type.kind() + "List";
    }

    /**
     * An answer about objects of a type.
     *
     * @param tabled whether they can be shown as a table
     * @throws ApiException NOT_ACCEPTABLE if the client takes no form that there is
     */
    static Answer to(Exchange exchange, ApiRequest request, ResourceType type, ProtobufAnswers protobuf,
            boolean tabled) {
        var form = Accept.parse(exchange.header("Accept")).objectForm(protobuf.writes(type), tabled,
                exchange.cbor());
        return new Answer(exchange, new Document(exchange, form, Document.pretty(exchange, request)), type,
                include(request), protobuf);
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

    /** Shows objects as their kind wishes. */
    Answer of(KindRules rules) {
        layout = rules.layout();
        listKind = rules.listKind().isEmpty() ? listKind : rules.listKind();
        return this;
    }

    /** Shows what a subresource holds, by its kind: not by the columns of the whole object. */
    Answer ofPart(String kind) {
        layout = Optional.of(Tables.layoutOfPart(kind));
        return this;
    }

    Form form() {
        return document.form();
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

    /** What upstream says of a fault that it finds before it knows the resource. */
    static void internalError(Exchange exchange, String why) {
        String place = exchange.path() + (exchange.query().isEmpty() ? "" : "?" + exchange.query());
        text(exchange, 500, ("Internal Server Error: \"" + place.replace("\\", "\\\\").replace("\"", "\\\"") + "\": "
                + why + "\n").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
    }

    /** A document that has no protobuf form. */
    void document(int code, JsonObject tree) {
        document.document(code, tree);
    }

    /** One object. A {@code Status} is never shown as a table. */
    void object(int code, KubeObject object, Instant now) {
        boolean status = object.kind().equals("Status");
        var view = status ? Form.View.OBJECT : form().view();
        switch (view) {
            case OBJECT -> whole(code, object);
            case TABLE -> document(code, table(List.of(object), metadata(object), true, now));
            case METADATA -> document(code, Tables.metadataOnly(object, form().version()));
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
        if (form().protobuf()) {
            protobuf.object(object).ifPresentOrElse(bytes -> exchange.answer(code, form().mediaType(), bytes),
                    () -> document.encoded(code, object.bytes()));
        } else if (document.rewrites()) {
            document(code, object.tree());
        } else {
            document.encoded(code, object.bytes());
        }
    }

    private static JsonObject metadata(KubeObject object) {
        return JsonObject.of("resourceVersion", object.resourceVersion());
    }

    /** A collection; its objects are written as they are stored, one after the other. */
    void list(ObjectList list, Instant now) {
        var metadata = JsonObject.builder().put("resourceVersion", list.resourceVersion())
                .putText("continue", list.continueToken());
        if (list.remaining() > 0) {
            metadata.put("remainingItemCount", list.remaining());
        }
        switch (form().view()) {
            case OBJECT -> objects(list, metadata.build());
            case TABLE -> document(200, table(list.items(), metadata.build(), true, now));
            case METADATA -> throw notAcceptable("you requested PartialObjectMetadata, but the requested object is a "
                    + "list (" + goName(type) + "List)");
            case METADATA_LIST -> metadataOnly(list, metadata.build());
        }
    }

    private void objects(ObjectList list, JsonObject metadata) {
        if (form().protobuf()) {
            exchange.answer(200, form().mediaType(), new ProtobufList(protobuf, type, metadata, list.items()).pieces());
        } else {
            items(JsonObject.of("kind", listKind, "apiVersion", type.apiVersion(), "metadata", metadata),
                    list.items(), KubeObject::bytes, KubeObject::tree);
        }
    }

    private void metadataOnly(ObjectList list, JsonObject metadata) {
        Function<KubeObject, JsonObject> shown = object -> Tables.metadataOnly(object, form().version());
        items(JsonObject.of("kind", "PartialObjectMetadataList", "apiVersion", "meta.k8s.io/" + form().version(),
                "metadata", metadata), list.items(), object -> JsonWriter.bytes(shown.apply(object)), shown);
    }

    private void items(JsonObject head, List<KubeObject> objects, Function<KubeObject, byte[]> bytes,
            Function<KubeObject, JsonObject> tree) {
        if (document.rewrites()) {
            document(200, head.with("items", JsonArray.of(objects.stream().map(o -> (Json) tree.apply(o)).toList())));
        } else {
            exchange.answer(200, MediaType.JSON, Pieces.jsonList(head, objects, bytes));
        }
    }

    /** Names the form of events that are the same for every client that takes this form; empty if they differ. */
    String sharedForm() {
        return form().view() == Form.View.TABLE ? "" : form().mediaType() + form().view() + form().version();
    }

    /** One event of a watch, in the form that the client asked for. */
    byte[] event(WatchEvent event, boolean first, Instant now) {
        if (form().protobuf()) {
            return protobuf.event(event.type().toString(), event.object());
        }
        if (form().cbor()) {
            var tree = event.type() == WatchEvent.Type.ERROR ? event.object().tree()
                    : shownTree(event.object(), first, now);
            return CborWriter.bytes(JsonObject.of("type", event.type().toString(), "object", tree));
        }
        byte[] head = ("{\"type\":\"" + event.type() + "\",\"object\":").getBytes(StandardCharsets.US_ASCII);
        byte[] object = event.type() == WatchEvent.Type.ERROR ? event.object().bytes()
                : shown(event.object(), first, now);
        return ByteBuffer.allocate(head.length + object.length + EVENT_END.length).put(head).put(object).put(EVENT_END)
                .array();
    }

    private byte[] shown(KubeObject object, boolean first, Instant now) {
        return form().view() == Form.View.OBJECT ? object.bytes() : JsonWriter.bytes(shownTree(object, first, now));
    }

    private JsonObject shownTree(KubeObject object, boolean first, Instant now) {
        return switch (form().view()) {
            case OBJECT -> object.tree();
            case TABLE -> table(List.of(object), metadata(object), first, now);
            case METADATA, METADATA_LIST -> Tables.metadataOnly(object, form().version());
        };
    }

    private JsonObject table(List<KubeObject> objects, JsonObject metadata, boolean headed, Instant now) {
        return Tables.table(layout.orElseGet(() -> Tables.layout(type)), objects,
                new Tables.Wish(form().version(), metadata, include, headed, now));
    }
}
