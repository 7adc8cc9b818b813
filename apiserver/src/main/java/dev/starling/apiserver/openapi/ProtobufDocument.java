package dev.starling.apiserver.openapi;

import com.google.protobuf.CodedOutputStream;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BiConsumer;

/**
 * Writes an OpenAPI 2 document as the protobuf message {@code openapi.v2.Document} of gnostic's models: the part of it
 * that {@link OpenApiV2} uses. Field numbers are those of {@code openapiv2/OpenAPIv2.proto}; a vendor extension's
 * value is a text of YAML, which JSON is.
 */
final class ProtobufDocument {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

    private ProtobufDocument() {
    }

    static byte[] encode(JsonObject document) {
        JsonObject info = document.object("info");
        return new ProtobufDocument()
                .text(1, document.text("swagger"))
                .message(2, new ProtobufDocument().text(1, info.text("title")).text(2, info.text("version")))
                .message(8, each(document.object("paths"), 2, ProtobufDocument::pathItem))
                .message(9, each(document.object("definitions"), 1, ProtobufDocument::schema))
                .done();
    }

    /** A message of named messages, each with its name as field 1 and its value as field 2. */
    private static ProtobufDocument each(JsonObject named, int number, BiConsumer<ProtobufDocument, JsonObject> write) {
        ProtobufDocument all = new ProtobufDocument();
        named.forEach((name, value) -> {
            ProtobufDocument inner = new ProtobufDocument();
            write.accept(inner, value.object());
            all.message(number, new ProtobufDocument().text(1, name).message(2, inner));
        });
        return all;
    }

    private static void pathItem(ProtobufDocument out, JsonObject item) {
        item.forEach((key, value) -> {
            switch (key) {
                case "get" -> out.message(2, operation(value.object()));
                case "put" -> out.message(3, operation(value.object()));
                case "post" -> out.message(4, operation(value.object()));
                case "delete" -> out.message(5, operation(value.object()));
                case "patch" -> out.message(8, operation(value.object()));
                default -> value.array().forEach(one -> out.message(9, parameter(one.object())));
            }
        });
    }

    private static ProtobufDocument operation(JsonObject operation) {
        ProtobufDocument out = new ProtobufDocument().texts(1, operation.array("tags"))
                .text(3, operation.text("description")).text(5, operation.text("operationId"))
                .texts(6, operation.array("produces")).texts(7, operation.array("consumes"));
        operation.array("parameters").forEach(one -> out.message(8, parameter(one.object())));
        out.message(9, each(operation.object("responses"), 1, ProtobufDocument::response));
        return out.extensions(13, operation);
    }

    /** {@code ResponseValue} of {@code Response} of {@code SchemaItem} of {@code Schema}. */
    private static void response(ProtobufDocument out, JsonObject response) {
        ProtobufDocument schema = new ProtobufDocument();
        schema(schema, response.object("schema"));
        out.message(1, new ProtobufDocument().text(1, response.text("description"))
                .message(2, new ProtobufDocument().message(1, schema)));
    }

    /** {@code ParametersItem} of {@code Parameter} of a body, query or path parameter. */
    private static ProtobufDocument parameter(JsonObject parameter) {
        String in = parameter.text("in");
        ProtobufDocument kind = new ProtobufDocument();
        if (in.equals("body")) {
            ProtobufDocument schema = new ProtobufDocument();
            schema(schema, parameter.object("schema"));
            kind.message(1, new ProtobufDocument().text(2, parameter.text("name")).text(3, in)
                    .flag(4, parameter.flag("required")).message(5, schema));
        } else {
            boolean query = in.equals("query");
            ProtobufDocument simple = new ProtobufDocument().flag(1, parameter.flag("required")).text(2, in)
                    .text(3, parameter.text("description")).text(4, parameter.text("name"))
                    .text(query ? 6 : 5, parameter.text("type"));
            kind.message(2, new ProtobufDocument().message(query ? 3 : 4, simple));
        }
        return new ProtobufDocument().message(1, kind);
    }

    private static void schema(ProtobufDocument out, JsonObject schema) {
        out.text(1, schema.text("$ref")).text(2, schema.text("format")).text(4, schema.text("description"))
                .texts(19, schema.array("required"));
        schema.find("additionalProperties").ifPresent(each -> out.message(21, each instanceof JsonObject inner
                ? new ProtobufDocument().message(1, written(inner)) : new ProtobufDocument().flag(2, each.flag())));
        if (schema.has("type")) {
            out.message(22, new ProtobufDocument().text(1, schema.text("type")));
        }
        schema.find("items").ifPresent(items ->
                out.message(23, new ProtobufDocument().message(1, written(items.object()))));
        if (schema.has("properties")) {
            out.message(25, each(schema.object("properties"), 1, ProtobufDocument::schema));
        }
        out.extensions(31, schema);
    }

    private static ProtobufDocument written(JsonObject schema) {
        ProtobufDocument out = new ProtobufDocument();
        schema(out, schema);
        return out;
    }

    private ProtobufDocument extensions(int number, JsonObject owner) {
        owner.forEach((key, value) -> {
            if (key.startsWith("x-")) {
                ProtobufDocument any = new ProtobufDocument().text(2, value + "\n");
                message(number, new ProtobufDocument().text(1, key).message(2, any));
            }
        });
        return this;
    }

    private ProtobufDocument texts(int number, JsonArray texts) {
        for (Json text : texts) {
            text(number, text.text());
        }
        return this;
    }

    private ProtobufDocument text(int number, String text) {
        return write(() -> {
            if (!text.isEmpty()) {
                out.writeString(number, text);
            }
        });
    }

    private ProtobufDocument flag(int number, boolean flag) {
        return write(() -> {
            if (flag) {
                out.writeBool(number, true);
            }
        });
    }

    private ProtobufDocument message(int number, ProtobufDocument inner) {
        return write(() -> out.writeByteArray(number, inner.done()));
    }

    private byte[] done() {
        write(out::flush);
        return bytes.toByteArray();
    }

    private interface Write {
        void run() throws IOException;
    }

    private ProtobufDocument write(Write write) {
        try {
            write.run();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written", e);
        }
    }
}
