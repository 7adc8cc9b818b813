package dev.starling.kube.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads JSON text in UTF-8 into a tree. Depth and lengths are bounded, so that hostile input costs no more than its
 * size. Half a surrogate pair becomes the replacement character, as Go reads it, since UTF-8 has no form for it.
 */
public final class JsonReader {
    /** The deepest nesting that is read. */
    public static final int MAX_DEPTH = 1_000;
    /** The deepest nesting that a server takes: what it adds, such as the owners of fields, is to be read again. */
    public static final int MAX_REQUEST_DEPTH = 500;

    /** How many fields that stood twice are told of; upstream keeps as many errors of strict decoding. */
    private static final int MOST_DUPLICATES = 100;
    private static final int LENT_BUFFERS = 64;

    /** Buffers are lent by one pool: threads that live for one request would each make their own. */
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .recyclerPool(JsonRecyclerPools.newBoundedPool(LENT_BUFFERS))
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(64 << 20)
                    .maxNumberLength(1_000)
                    .build())
            .build();

    private final Set<String> duplicates = new LinkedHashSet<>();
    /** Names of fields and places in lists, from the root; put into words only where a field stands twice. */
    private final List<Object> path = new ArrayList<>();
    private final boolean escapes;
    private int depth;
    private int repeated;

    private JsonReader(boolean escapes) {
        this.escapes = escapes;
    }

    /** One value and the dotted paths of the first fields that stood twice in it; the last one of those counts. */
    public record Read(Json value, List<String> duplicateFields, int depth) {
        public Read {
            duplicateFields = List.copyOf(duplicateFields);
        }

        /** @throws JsonException if it is no object */
        public JsonObject object() {
            if (value instanceof JsonObject object) {
                return object;
            }
            throw new JsonException("the JSON text is not an object");
        }

        /** @throws JsonException if it is nested too deep for what a client may send */
        public Read shallow() {
            if (depth > MAX_REQUEST_DEPTH) {
                throw new JsonException("exceeded max depth");
            }
            return this;
        }
    }

    /** @throws JsonException if the text is not exactly one JSON value */
    public static Json read(byte[] text) {
        return readAll(text).value();
    }

    /** @throws JsonException if the text is not exactly one JSON value */
    public static Json read(String text) {
        return read(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** @throws JsonException if the text is not exactly one JSON object */
    public static JsonObject readObject(byte[] text) {
        if (read(text) instanceof JsonObject object) {
            return object;
        }
        throw new JsonException("the JSON text is not an object");
    }

    /**
     * An object that is read level by level, when somebody looks inside, so that what nobody looks at costs no more
     * than to pass over it. For compact text that {@link JsonWriter} has written, not for what others send: where it is
     * no JSON, who looks there meets the {@link JsonException}. The text belongs to the object from now on.
     */
    public static JsonObject unread(byte[] text) {
        return JsonObject.unread(text, 0, text.length);
    }

    /** As {@link #read(byte[])}, and tells which fields stood twice. */
    public static Read readAll(byte[] text) {
        var reader = new JsonReader(escapes(text));
        try (var parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                throw new JsonException("unexpected end of JSON input");
            }
            var value = reader.value(parser);
            if (parser.nextToken() != null) {
                throw new JsonException("invalid data after top-level value");
            }
            return new Read(value, List.copyOf(reader.duplicates), reader.depth);
        } catch (JsonProcessingException e) {
            throw new JsonException(e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Whether there may be escapes by number. Refuses what is not UTF-8: the parser takes the longer forms of a
     * character.
     */
    private static boolean escapes(byte[] text) {
        boolean escapes = false;
        boolean ascii = true;
        byte before = 0;
        for (byte each : text) {
            escapes |= each == 'u' && before == '\\';
            ascii &= each >= 0;
            before = each;
        }
        if (!ascii) {
            Utf8.text(text);
        }
        return escapes;
    }

    private Json value(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> objectOf(parser);
            case START_ARRAY -> arrayOf(parser);
            case VALUE_STRING -> new JsonString(whole(parser.getText()));
            case VALUE_NUMBER_INT -> wholeOf(parser);
            case VALUE_NUMBER_FLOAT -> new JsonDouble(finite(parser));
            case VALUE_TRUE -> JsonBoolean.TRUE;
            case VALUE_FALSE -> JsonBoolean.FALSE;
            case VALUE_NULL -> JsonNull.NULL;
            case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                    throw new JsonException("unexpected token " + token);
        };
    }

    private static Json wholeOf(JsonParser parser) throws IOException {
        return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                ? new JsonDouble(finite(parser)) : new JsonLong(parser.getLongValue());
    }

    private static double finite(JsonParser parser) throws IOException {
        double value = parser.getDoubleValue();
        if (!Double.isFinite(value)) {
            throw new JsonException("number out of range: " + parser.getText());
        }
        return value;
    }

    private void enter(Object step) {
        path.add(step);
        depth = Math.max(depth, path.size());
    }

    private JsonObject objectOf(JsonParser parser) throws IOException {
        var builder = JsonObject.builder();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            enter(name);
            if (builder.has(name) && repeated++ < MOST_DUPLICATES) {
                duplicates.add(shownPath());
            }
            parser.nextToken();
            builder.put(name, value(parser));
            path.removeLast();
        }
        return builder.build();
    }

    private String shownPath() {
        var shown = new StringBuilder();
        for (var step : path) {
            if (step instanceof Integer place) {
                shown.append('[').append(place).append(']');
            } else {
                shown.append('.').append(step);
            }
        }
        return shown.substring(1);
    }

    private JsonArray arrayOf(JsonParser parser) throws IOException {
        var values = new ArrayList<Json>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            enter(values.size());
            values.add(value(parser));
            path.removeLast();
        }
        return JsonArray.of(values);
    }

    /** A text without halves of surrogate pairs, which only escapes by number can bring. */
    private String whole(String text) {
        return escapes ? withoutHalves(text) : text;
    }

    static String withoutHalves(String text) {
        if (text.chars().noneMatch(c -> Character.isSurrogate((char) c))) {
            return text;
        }
        int[] points = text.codePoints().map(point -> Character.getType(point) == Character.SURROGATE ? 0xFFFD : point)
                .toArray();
        return new String(points, 0, points.length);
    }
}
