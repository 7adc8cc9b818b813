package dev.starling.apiserver.protobuf;

import dev.starling.apiserver.schema.Schema;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonDouble;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.Times;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code application/vnd.kubernetes.protobuf}: four bytes of magic and a {@code runtime.Unknown} that holds the
 * kind and the object. The wire has zero values where JSON has nothing, so empty texts are left out here; zeros and
 * false go with the schema when the object is decoded. Thread-safe.
 */
public final class ProtobufObjects {
    public static final String MEDIA_TYPE = "application/vnd.kubernetes.protobuf";

    private static final byte[] MAGIC = {'k', '8', 's', 0};
    private static final int DEEPEST = 100;
    private static final long FIRST_SECOND = Instant.parse("0001-01-01T00:00:00Z").getEpochSecond();
    private static final long LAST_SECOND = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
    private static final int NANOS = 1_000_000_000;
    private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

    private final Schemas schemas;

    public ProtobufObjects(Schemas schemas) {
        this.schemas = schemas;
    }

    /**
     * The object as JSON would have it.
     *
     * @throws ProtobufException if the bytes are not in this form, or of a kind that has no schema
     */
    public JsonObject read(byte[] bytes) {
        if (bytes.length < MAGIC.length || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new ProtobufException("provided data does not appear to be a protobuf message, expected prefix "
                    + "[107 56 115 0]");
        }
        String apiVersion = "";
        String kind = "";
        byte[] raw = new byte[0];
        WireReader unknown = new WireReader(Arrays.copyOfRange(bytes, MAGIC.length, bytes.length));
        while (unknown.next()) {
            if (unknown.number() == 1) {
                apiVersion = field(unknown.content(), 1);
                kind = field(unknown.content(), 2);
            } else if (unknown.number() == 2) {
                raw = unknown.content();
            }
        }
        String name = definition(apiVersion, kind);
        JsonObject.Builder object = JsonObject.builder().put("kind", kind).put("apiVersion", apiVersion);
        return object.putAll(message(raw, name, schemas.definition(name), 0)).build();
    }

    private String definition(String apiVersion, String kind) {
        return schemas.definitionName(apiVersion, kind)
                .or(() -> kind.equals("DeleteOptions") ? Optional.of(META + kind) : Optional.empty())
                .orElseThrow(() -> new ProtobufException("no kind \"" + kind + "\" is registered for version \""
                        + apiVersion + "\""));
    }

    private static String field(byte[] message, int number) {
        String text = "";
        WireReader in = new WireReader(message);
        while (in.next()) {
            text = in.number() == number ? in.text() : text;
        }
        return text;
    }

    private JsonObject message(byte[] bytes, String name, Schema schema, int depth) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fill(fields, bytes, new Place(name, schema, depth));
        return Json.of(fields).object();
    }

    /** A message, the schema that names its fields, and how many messages stand around it. */
    private record Place(String message, Schema schema, int depth) {
        Place below(String name, Schema field) {
            return new Place(name, field, depth + 1);
        }
    }

    private void fill(Map<String, Object> fields, byte[] bytes, Place place) {
        if (place.depth() > DEEPEST) {
            throw new ProtobufException("proto: nested too deep");
        }
        JsonObject numbers = schemas.wireNumbers(place.message());
        WireReader in = new WireReader(bytes);
        while (in.next()) {
            String name = numbers.text(Integer.toString(in.number()));
            Optional<Schema> schema = place.schema().property(name);
            if (name.startsWith("+")) {
                fill(fields, in.content(), place.below(name.substring(1), place.schema()));
            } else if (schema.isPresent()) {
                put(fields, name, in, place.below("", schema.get()));
            }
        }
    }

    private void put(Map<String, Object> fields, String name, WireReader in, Place place) {
        Schema schema = place.schema();
        if (schema.type() == Schema.Type.ARRAY) {
            @SuppressWarnings("unchecked")
            var list = (List<Object>) fields.computeIfAbsent(name, key -> new ArrayList<>());
            list.addAll(elements(in, itemsOf(schema), place.depth()));
        } else if (schema.additional().isPresent()) {
            @SuppressWarnings("unchecked")
            var map = (Map<String, Object>) fields.computeIfAbsent(name, key -> new LinkedHashMap<>());
            entry(map, in.content(), place.below("", schema.additional().get()));
        } else {
            Json value = value(in, schema, place.depth());
            boolean empty = value.isNull() || value instanceof JsonString(var text) && text.isEmpty();
            if (!empty) {
                fields.put(name, value);
            }
        }
    }

    private static Schema itemsOf(Schema schema) {
        return schema.items().orElseThrow(() -> new ProtobufException("a list of nothing: " + schema));
    }

    /** One element, or all of a packed list of numbers. */
    private List<Json> elements(WireReader in, Schema items, int depth) {
        if (!in.hasContent() || items.type() != Schema.Type.INTEGER) {
            return List.of(value(in, items, depth));
        }
        return WireReader.packed(in.content()).stream().map(number -> (Json) new JsonLong(number)).toList();
    }

    /** An entry of a map is a message of its key and its value. */
    private void entry(Map<String, Object> map, byte[] bytes, Place place) {
        Schema each = place.schema();
        String key = "";
        Json value = each.type() == Schema.Type.STRING ? new JsonString("") : JsonObject.EMPTY;
        WireReader in = new WireReader(bytes);
        while (in.next()) {
            if (in.number() == 1) {
                key = in.text();
            } else if (in.number() == 2) {
                value = value(in, each, place.depth());
            }
        }
        map.put(key, value);
    }

    /** A list as the value of a map is a message whose first field repeats. */
    private JsonArray list(byte[] bytes, Schema schema, int depth) {
        List<Json> list = new ArrayList<>();
        WireReader in = new WireReader(bytes);
        while (in.next()) {
            list.addAll(elements(in, itemsOf(schema), depth));
        }
        return JsonArray.of(list);
    }

    private Json value(WireReader in, Schema schema, int depth) {
        return switch (schema.type()) {
            case OBJECT, ANY -> object(in.content(), schema, depth);
            case STRING -> text(in, schema);
            case INTEGER -> new JsonLong(schema.format().equals("int32") ? (int) in.value() : in.value());
            case NUMBER -> fraction(Double.longBitsToDouble(in.value()));
            case BOOLEAN -> JsonBoolean.of(in.value() != 0);
            case INT_OR_STRING -> intOrString(in.content());
            case QUANTITY -> new JsonString(quantity(in.content()));
            case ARRAY -> list(in.content(), schema, depth);
        };
    }

    private static Json fraction(double value) {
        if (!Double.isFinite(value)) {
            throw new ProtobufException("unsupported value: " + value);
        }
        return new JsonDouble(value);
    }

    private Json object(byte[] bytes, Schema schema, int depth) {
        String name = schema.reference().orElse("");
        boolean free = schema.preservesUnknown();
        return free ? embedded(bytes) : message(bytes, name, schema, depth);
    }

    /** JSON inside a message: {@code RawExtension} and {@code FieldsV1} hold it in their first field. */
    private static Json embedded(byte[] bytes) {
        String text = field(bytes, 1);
        try {
            return text.isEmpty() ? JsonObject.EMPTY
                    : JsonReader.readAll(text.getBytes(StandardCharsets.UTF_8)).shallow().value();
        } catch (JsonException e) {
            throw new ProtobufException(e.getMessage());
        }
    }

    private static Json text(WireReader in, Schema schema) {
        return switch (schema.format()) {
            case "date-time" -> time(in.content(), schema.reference().orElse("").endsWith(".MicroTime"));
            case "byte" -> new JsonString(Base64.getEncoder().encodeToString(in.content()));
            default -> new JsonString(in.text());
        };
    }

    private static Json time(byte[] bytes, boolean micros) {
        long seconds = 0;
        long nanos = 0;
        WireReader in = new WireReader(bytes);
        while (in.next()) {
            seconds = in.number() == 1 ? in.value() : seconds;
            nanos = in.number() == 2 ? in.value() : nanos;
        }
        if (seconds == 0 && nanos == 0) {
            return JsonNull.NULL;
        }
        if (seconds < FIRST_SECOND || seconds > LAST_SECOND || nanos < 0 || nanos >= NANOS) {
            throw new ProtobufException("no such time: seconds=" + seconds + " nanos=" + nanos);
        }
        Instant time = Instant.ofEpochSecond(seconds, nanos);
        return new JsonString(micros ? Times.micros(time) : Times.seconds(time));
    }

    private static String quantity(byte[] bytes) {
        String text = field(bytes, 1);
        return text.isEmpty() ? "0" : text;
    }

    private static Json intOrString(byte[] bytes) {
        long type = 0;
        long number = 0;
        String text = "";
        WireReader in = new WireReader(bytes);
        while (in.next()) {
            switch (in.number()) {
                case 1 -> type = in.value();
                case 2 -> number = in.value();
                default -> text = in.text();
            }
        }
        return type == 0 ? new JsonLong((int) number) : new JsonString(text);
    }
}
