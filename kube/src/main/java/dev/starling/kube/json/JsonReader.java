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
import java.util.List;

/** Reads JSON text into a tree. Depth and lengths are bounded, so that hostile input costs no more than its size. */
public final class JsonReader {
    /** The deepest nesting that is read. */
    public static final int MAX_DEPTH = 500;
    private static final int LENT_BUFFERS = 64;

    /** Buffers are lent by one pool: threads that live for one request would each make their own. */
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .recyclerPool(JsonRecyclerPools.newBoundedPool(LENT_BUFFERS))
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(64 << 20)
                    .maxNumberLength(1_000)
                    .build())
            .build();

    private final List<String> duplicates = new ArrayList<>();
    /** Names of fields and places in lists, from the root; put into words only where a field stands twice. */
    private final List<Object> path = new ArrayList<>();

    private JsonReader() {
    }

    /** One value and the dotted paths of fields that stood twice in it; the last one of those counts. */
    public record Read(Json value, List<String> duplicateFields) {
        public Read {
            duplicateFields = List.copyOf(duplicateFields);
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

    /** As {@link #read(byte[])}, and tells which fields stood twice. */
    public static Read readAll(byte[] text) {
        var reader = new JsonReader();
        try (var parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                throw new JsonException("unexpected end of JSON input");
            }
            var value = reader.value(parser);
            if (parser.nextToken() != null) {
                throw new JsonException("invalid data after top-level value");
            }
            return new Read(value, reader.duplicates);
        } catch (JsonProcessingException e) {
            throw new JsonException(e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Json value(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> objectOf(parser);
            case START_ARRAY -> arrayOf(parser);
            case VALUE_STRING -> new JsonString(parser.getText());
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

    private JsonObject objectOf(JsonParser parser) throws IOException {
        var builder = JsonObject.builder();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            path.add(name);
            if (builder.has(name)) {
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
            path.add(values.size());
            values.add(value(parser));
            path.removeLast();
        }
        return JsonArray.of(values);
    }
}
