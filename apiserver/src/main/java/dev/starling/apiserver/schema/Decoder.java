package dev.starling.apiserver.schema;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonDouble;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.Quantity;
import dev.starling.kube.object.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Reads a tree as a built-in kind, as upstream's typed decoder does: wrong types are refused, nulls and unknown
 * fields are dropped and the latter told, quantities and times come out in canonical form. What is canonical already
 * comes out as the same instance, so that versions of an object share what did not change. One decoder reads one tree,
 * on one thread.
 */
final class Decoder {
    private static final String QUANTITY =
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

    /** Stands where a field is not taken over; told apart by being this very instance. */
    private static final Json DROPPED = new JsonString("dropped");

    private final List<String> unknownFields = new ArrayList<>();

    /** Where a value stands: its path as strict errors show it, and as Go's decoder does, without indexes. */
    private record Place(FieldPath path, String goStruct, String goPath) {
        Place field(String struct, String name) {
            return new Place(path.child(name), struct, goPath.isEmpty() ? name : goPath + "." + name);
        }

        /** Go's decoder shows no keys of maps. */
        Place key(String name) {
            return new Place(path.child(name), goStruct, goPath);
        }

        Place index(int index) {
            return new Place(path.index(index), goStruct, goPath);
        }
    }

    /** @param known an object that was decoded before: the top-level fields that both share need no second look */
    static KindDecoded decode(Schema schema, String typeName, JsonObject object, JsonObject known) {
        Decoder decoder = new Decoder();
        Json decoded = decoder.object(object, schema, new Place(FieldPath.ROOT, typeName, ""), known);
        return new KindDecoded(decoded.object(), decoder.unknownFields);
    }

    /** The tree in canonical form, and the paths of the fields that the schema does not know. */
    record KindDecoded(JsonObject object, List<String> unknownFields) {
        KindDecoded {
            unknownFields = List.copyOf(unknownFields);
        }
    }

    private Json value(Json value, Schema schema, Place place) {
        return switch (schema.type()) {
            case ANY -> value;
            case OBJECT -> value instanceof JsonObject object ? object(object, schema, place)
                    : refuse(value, schema, place);
            case ARRAY -> value instanceof JsonArray array ? array(array, schema, place)
                    : refuse(value, schema, place);
            case STRING -> value instanceof JsonString text ? text(text, schema) : refuseText(value, schema, place);
            case INTEGER -> value instanceof JsonLong(var number) && fits(number, schema) ? value
                    : refuse(value, schema, place);
            case NUMBER -> value instanceof JsonLong || value instanceof JsonDouble ? value
                    : refuse(value, schema, place);
            case BOOLEAN -> value instanceof JsonBoolean ? value : refuse(value, schema, place);
            case INT_OR_STRING -> intOrString(value);
            case QUANTITY -> quantity(value);
        };
    }

    private static boolean fits(long number, Schema schema) {
        return !schema.format().equals("int32") || number == (int) number;
    }

    private Json object(JsonObject object, Schema schema, Place place) {
        return object(object, schema, place, JsonObject.EMPTY);
    }

    private Json object(JsonObject object, Schema schema, Place place, JsonObject known) {
        String struct = schema.reference().map(Decoder::shortName).orElse(place.goStruct());
        JsonObject decoded = object.mapped((name, value) -> {
            if (!value.isNull() && value == known.at(name)) {
                return value;
            }
            Place inner = schema.additional().isPresent() ? place.key(name) : place.field(struct, name);
            Optional<Schema> field = schema.property(name).or(schema::additional);
            if (field.isPresent()) {
                return value.isNull() || omitted(value, field.get()) ? DROPPED : value(value, field.get(), inner);
            }
            if (schema.preservesUnknown() || schema.properties().isEmpty()) {
                return value;
            }
            if (unknownFields.size() < StrictErrors.MOST) {
                unknownFields.add(inner.path().toString());
            }
            return DROPPED;
        });
        return decoded == object ? object : kept(decoded);
    }

    private static JsonObject kept(JsonObject object) {
        JsonObject.Builder kept = JsonObject.builder();
        object.forEach((name, value) -> {
            if (value != DROPPED) {
                kept.put(name, value);
            }
        });
        return kept.build();
    }

    private static boolean omitted(Json value, Schema schema) {
        return schema.omitsZero() && (value == JsonBoolean.FALSE || value instanceof JsonLong(var number)
                && number == 0);
    }

    private Json array(JsonArray array, Schema schema, Place place) {
        Schema items = schema.items().orElseThrow(() -> new IllegalStateException("a list without items: " + schema));
        List<Json> decoded = new ArrayList<>(array.size());
        boolean same = true;
        for (int i = 0; i < array.size(); i++) {
            Json element = array.at(i);
            Json made = element.isNull() ? zero(items) : value(element, items, place.index(i));
            same &= made == element;
            decoded.add(made);
        }
        return same ? array : JsonArray.of(decoded);
    }

    private static Json zero(Schema schema) {
        return switch (schema.type()) {
            case OBJECT -> JsonObject.EMPTY;
            case ARRAY -> JsonArray.EMPTY;
            case STRING -> new JsonString("");
            case INTEGER, NUMBER, INT_OR_STRING -> new JsonLong(0);
            case QUANTITY -> new JsonString("0");
            case BOOLEAN -> JsonBoolean.FALSE;
            case ANY -> JsonNull.NULL;
        };
    }

    private static Json text(JsonString text, Schema schema) {
        return switch (schema.format()) {
            case "date-time" -> canonical(text, time(text, !isMicro(schema)));
            case "byte" -> bytes(text);
            default -> text;
        };
    }

    private static Json canonical(Json given, Json made) {
        return made.equals(given) ? given : made;
    }

    private static boolean isMicro(Schema schema) {
        return schema.reference().filter(name -> name.endsWith(".MicroTime")).isPresent();
    }

    private static Json time(JsonString given, boolean seconds) {
        if (seconds && Times.isSeconds(given.value())) {
            return given;
        }
        String text = given.value();
        Instant time = Times.parse(text).orElseThrow(() -> new DecodingException("parsing time "
                + FieldError.quoted(text) + " as \"2006-01-02T15:04:05" + (seconds ? "" : ".000000")
                + "Z07:00\": cannot parse " + FieldError.quoted(text) + " as \"2006\""));
        return new JsonString(seconds ? Times.seconds(time) : Times.micros(time));
    }

    private static Json bytes(JsonString text) {
        try {
            Base64.getDecoder().decode(text.value().replace("\n", "").replace("\r", ""));
            return text;
        } catch (IllegalArgumentException e) {
            throw new DecodingException("illegal base64 data at input byte " + firstBad(text.value()));
        }
    }

    private static int firstBad(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean good = c < 128 && Character.isLetterOrDigit(c) || c == '+' || c == '/' || c == '\n' || c == '\r';
            if (!good) {
                return i;
            }
        }
        return text.length() / 4 * 4;
    }

    private static Json intOrString(Json value) {
        if (value instanceof JsonString || value instanceof JsonLong(var number) && number == (int) number) {
            return value;
        }
        boolean whole = value instanceof JsonLong || value instanceof JsonDouble;
        throw new DecodingException("json: cannot unmarshal " + kind(value) + (whole ? " " + value : "")
                + " into Go value of type " + (whole ? "int32" : "string"));
    }

    private static Json quantity(Json value) {
        String text = switch (value) {
            case JsonString(var string) -> string;
            case JsonLong number -> number.toString();
            case JsonDouble number -> number.toString();
            case JsonObject o -> "";
            case JsonArray a -> "";
            case JsonBoolean b -> "";
            case JsonNull n -> "";
        };
        return canonical(value, new JsonString(Quantity.tryParse(text.strip())
                .orElseThrow(() -> new DecodingException(QUANTITY)).toString()));
    }

    private static Json refuseText(Json value, Schema schema, Place place) {
        if (schema.format().equals("date-time")) {
            throw new DecodingException("json: cannot unmarshal " + kind(value) + " into Go value of type string");
        }
        return refuse(value, schema, place);
    }

    private static Json refuse(Json value, Schema schema, Place place) {
        boolean showsNumber = schema.type() == Schema.Type.INTEGER
                && (value instanceof JsonLong || value instanceof JsonDouble);
        throw new DecodingException("json: cannot unmarshal " + kind(value) + (showsNumber ? " " + value : "")
                + " into Go struct field " + place.goStruct() + "." + place.goPath() + " of type " + goType(schema));
    }

    private static String kind(Json value) {
        return switch (value) {
            case JsonObject o -> "object";
            case JsonArray a -> "array";
            case JsonString s -> "string";
            case JsonLong l -> "number";
            case JsonDouble d -> "number";
            case JsonBoolean b -> "bool";
            case JsonNull n -> "null";
        };
    }

    /** The type as Go prints it: {@code int32}, {@code []v1.Container}, {@code map[string]string}. */
    private static String goType(Schema schema) {
        if (!schema.typeName().isEmpty()) {
            return schema.typeName();
        }
        return switch (schema.type()) {
            case OBJECT -> schema.reference().map(Decoder::qualifiedName)
                    .orElseGet(() -> "map[string]" + schema.additional().map(Decoder::goType).orElse("interface {}"));
            case ARRAY -> "[]" + schema.items().map(Decoder::goType).orElse("interface {}");
            case STRING -> switch (schema.format()) {
                case "byte" -> "[]uint8";
                case "date-time" -> "v1.Time";
                default -> "string";
            };
            case INTEGER -> schema.format().isEmpty() ? "int64" : schema.format();
            case NUMBER -> "float64";
            case BOOLEAN -> "bool";
            case INT_OR_STRING -> "intstr.IntOrString";
            case QUANTITY -> "resource.Quantity";
            case ANY -> "interface {}";
        };
    }

    private static String shortName(String definition) {
        return definition.substring(definition.lastIndexOf('.') + 1);
    }

    private static String qualifiedName(String definition) {
        int name = definition.lastIndexOf('.');
        return definition.substring(definition.lastIndexOf('.', name - 1) + 1);
    }
}
