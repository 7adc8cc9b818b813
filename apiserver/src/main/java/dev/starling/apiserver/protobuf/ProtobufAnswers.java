package dev.starling.apiserver.protobuf;

import dev.starling.apiserver.schema.Schema;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonDouble;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.json.JsonWriter;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.object.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes {@code application/vnd.kubernetes.protobuf}: the mirror of {@link ProtobufObjects}. An object is encoded once
 * for all who ask at the same time: a small number of encoded objects is remembered. Thread-safe.
 */
public final class ProtobufAnswers {
    private static final byte[] MAGIC = {'k', '8', 's', 0};
    private static final int FIRST_SIZE = 1 << 10;
    private static final String STATUS = "io.k8s.apimachinery.pkg.apis.meta.v1.Status";
    private static final String LIST_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";
    /** Its schemas of schemas have a form of their own on the wire. */
    private static final String DEFINITIONS_GROUP = "apiextensions.k8s.io";

    private final Schemas schemas;
    private final Map<String, List<Field>> layouts = new ConcurrentHashMap<>();
    private final EncodedCache cache = new EncodedCache();

    /** One number of a message: a field, or, without a name, the fields that stand apart only on the wire. */
    private record Field(int number, String name, List<Field> inline, Schema schema) {
    }

    public ProtobufAnswers(Schemas schemas) {
        this.schemas = schemas;
    }

    /** Whether objects of a type have this form; those of custom kinds do not. */
    public boolean writes(ResourceType type) {
        return !type.group().equals(DEFINITIONS_GROUP) && definition(type.apiVersion(), type.kind()).isPresent();
    }

    private Optional<String> definition(String apiVersion, String kind) {
        return (apiVersion.equals("v1") && kind.equals("Status") ? Optional.of(STATUS)
                : schemas.definitionName(apiVersion, kind)).filter(name -> !layout(name).isEmpty());
    }

    /** One object with magic and kind; nothing if its kind has no such form. */
    public Optional<byte[]> object(KubeObject object) {
        return definition(object.apiVersion(), object.kind()).map(name -> {
            var out = new WireWriter(FIRST_SIZE);
            out.raw(message(object, name));
            return enveloped(out, object.apiVersion(), object.kind());
        });
    }

    private static byte[] enveloped(WireWriter out, String apiVersion, String kind) {
        out.enclose(2, 0);
        return headed(out, apiVersion, kind);
    }

    private static byte[] headed(WireWriter out, String apiVersion, String kind) {
        int mark = out.written();
        out.text(2, kind);
        out.text(1, apiVersion);
        out.enclose(1, mark);
        out.raw(MAGIC);
        return out.toBytes();
    }

    /** One event of a watch with the length in front. */
    public byte[] event(String type, KubeObject object) {
        byte[] inside = object(object).orElseThrow(() ->
                new ProtobufException("no protobuf form: " + object.apiVersion() + " " + object.kind()));
        var out = new WireWriter(inside.length + 64);
        out.content(1, inside);
        out.enclose(2, 0);
        out.text(1, type);
        int length = out.written();
        out.raw(new byte[] {(byte) (length >>> 24), (byte) (length >>> 16), (byte) (length >>> 8), (byte) length});
        return out.toBytes();
    }

    /** An item of a list as the list holds it: its field's tag, its length and its message. */
    public byte[] item(ResourceType type, KubeObject object) {
        var name = definition(type.apiVersion(), type.kind()).orElseThrow();
        byte[] message = message(object, name);
        var out = new WireWriter(message.length + 8);
        out.content(2, message);
        return out.toBytes();
    }

    /**
     * What stands before the items of a list.
     *
     * @param itemBytes how long all items are together
     */
    public byte[] listHead(ResourceType type, JsonObject metadata, long itemBytes) {
        var meta = new WireWriter(64);
        write(meta, metadata, layout(LIST_META));
        meta.enclose(1, 0);
        byte[] front = meta.toBytes();
        var length = new WireWriter(16);
        length.number(2, itemBytes + front.length);
        byte[] raw = length.toBytes();
        raw[0] = 2 << 3 | 2; // the tag of a content with this length
        var out = new WireWriter(FIRST_SIZE);
        out.raw(front);
        out.raw(raw);
        return headed(out, type.apiVersion(), type.kind() + "List");
    }

    private byte[] message(KubeObject object, String name) {
        return cache.encoded(object, key -> {
            var out = new WireWriter(FIRST_SIZE);
            write(out, key.tree(), layout(name));
            return out.toBytes();
        });
    }

    private List<Field> layout(String message) {
        var known = layouts.get(message);
        if (known != null) {
            return known;
        }
        var made = schemas.wireNumbers(message).isEmpty() ? List.<Field>of()
                : fields(message, schemas.definition(message));
        layouts.put(message, made);
        return made;
    }

    /** Last number first, as they are written. */
    private List<Field> fields(String message, Schema schema) {
        var fields = new ArrayList<Field>();
        schemas.wireNumbers(message).forEach((number, value) -> {
            String name = value.text();
            if (name.startsWith("+")) {
                fields.add(new Field(Integer.parseInt(number), "", fields(name.substring(1), schema), schema));
            } else {
                schema.property(name).ifPresent(found ->
                        fields.add(new Field(Integer.parseInt(number), name, List.of(), found)));
            }
        });
        fields.sort((a, b) -> Integer.compare(b.number(), a.number()));
        return List.copyOf(fields);
    }

    private void write(WireWriter out, JsonObject tree, List<Field> fields) {
        for (var field : fields) {
            if (field.name().isEmpty()) {
                int mark = out.written();
                write(out, tree, field.inline());
                out.enclose(field.number(), mark);
            } else {
                tree.find(field.name()).filter(value -> !value.isNull())
                        .ifPresent(value -> put(out, field.number(), value, field.schema()));
            }
        }
    }

    private void put(WireWriter out, int number, Json value, Schema schema) {
        if (schema.type() == Schema.Type.ARRAY && value instanceof JsonArray(var elements)) {
            var items = schema.items().orElseThrow();
            elements.reversed().forEach(element -> value(out, number, element, items));
        } else if (schema.additional().isPresent() && value instanceof JsonObject map) {
            map.entries().reversed().forEach(entry -> entry(out, number, entry, schema.additional().get()));
        } else {
            value(out, number, value, schema);
        }
    }

    private void entry(WireWriter out, int number, Map.Entry<String, Json> entry, Schema each) {
        int mark = out.written();
        value(out, 2, entry.getValue(), each);
        out.text(1, entry.getKey());
        out.enclose(number, mark);
    }

    private void value(WireWriter out, int number, Json value, Schema schema) {
        switch (schema.type()) {
            case OBJECT, ANY -> object(out, number, value, schema);
            case STRING -> text(out, number, value.text(), schema);
            case INTEGER -> out.number(number, value.number(0));
            case NUMBER -> out.fraction(number, value instanceof JsonDouble(var fraction) ? fraction : value.number(0));
            case BOOLEAN -> out.number(number, value.flag() ? 1 : 0);
            case INT_OR_STRING -> intOrString(out, number, value);
            case QUANTITY -> quantity(out, number, value);
            case ARRAY -> list(out, number, value, schema);
        }
    }

    private void object(WireWriter out, int number, Json value, Schema schema) {
        int mark = out.written();
        if (schema.preservesUnknown()) {
            out.content(1, JsonWriter.bytes(value));
        } else {
            write(out, value.object(), layout(schema.reference().orElse("")));
        }
        out.enclose(number, mark);
    }

    private void list(WireWriter out, int number, Json value, Schema schema) {
        int mark = out.written();
        put(out, 1, value, schema);
        out.enclose(number, mark);
    }

    private static void quantity(WireWriter out, int number, Json value) {
        int mark = out.written();
        out.text(1, value instanceof JsonString(var text) ? text : JsonWriter.text(value));
        out.enclose(number, mark);
    }

    private static void intOrString(WireWriter out, int number, Json value) {
        int mark = out.written();
        if (value instanceof JsonString(var text)) {
            out.text(3, text);
            out.number(1, 1);
        } else {
            out.number(2, value.number(0));
        }
        out.enclose(number, mark);
    }

    private static void text(WireWriter out, int number, String text, Schema schema) {
        switch (schema.format()) {
            case "date-time" -> Times.parse(text).ifPresent(time -> time(out, number, time));
            case "byte" -> out.content(number, Base64.getDecoder().decode(text));
            default -> out.text(number, text);
        }
    }

    private static void time(WireWriter out, int number, Instant time) {
        int mark = out.written();
        out.number(2, time.getNano());
        out.number(1, time.getEpochSecond());
        out.enclose(number, mark);
    }
}
