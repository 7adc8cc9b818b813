package dev.starling.kube.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes a tree as JSON text in UTF-8. */
public final class JsonWriter {
    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonWriter() {
    }

    /** The compact text as bytes. */
    public static byte[] bytes(Json value) {
        return new CompactText().add(value).bytes();
    }

    /** The compact text. */
    public static String text(Json value) {
        return new String(bytes(value), StandardCharsets.UTF_8);
    }

    /** The text over several lines, indented by four spaces as kubectl does. */
    public static String pretty(Json value) {
        var out = new ByteArrayOutputStream(512);
        var indenter = new DefaultIndenter("    ", "\n");
        var separators = Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER);
        var printer = new DefaultPrettyPrinter(separators).withObjectIndenter(indenter).withArrayIndenter(indenter);
        try (var generator = FACTORY.createGenerator(out)) {
            generator.setPrettyPrinter(printer);
            write(value, generator);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static void write(Json value, JsonGenerator out) throws IOException {
        switch (value) {
            case JsonObject object -> {
                out.writeStartObject();
                for (var field : object.entries()) {
                    out.writeFieldName(field.getKey());
                    write(field.getValue(), out);
                }
                out.writeEndObject();
            }
            case JsonArray array -> {
                out.writeStartArray();
                for (Json element : array) {
                    write(element, out);
                }
                out.writeEndArray();
            }
            case JsonString(var text) -> out.writeString(text);
            case JsonLong(var number) -> out.writeNumber(number);
            case JsonDouble(var number) -> out.writeNumber(number);
            case JsonBoolean flag -> out.writeBoolean(flag.flag());
            case JsonNull none -> out.writeNull();
        }
    }
}
