package dev.starling.apiserver.http;

import dev.starling.apiserver.cbor.CborException;
import dev.starling.apiserver.cbor.CborReader;
import dev.starling.apiserver.protobuf.ProtobufException;
import dev.starling.apiserver.protobuf.ProtobufObjects;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.Patch;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.json.Utf8;
import dev.starling.kube.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Bodies of requests: what they hold, or why they cannot be read. */
record Body(JsonObject tree, List<String> duplicateFields) {
    private static final int SHOWN_BYTES = 30;
    /** What the reader of YAML says of a field that is there twice; clients know it in other words. */
    private static final Pattern DUPLICATE = Pattern.compile("line (\\d+): found duplicate key (.*)$");
    private static final String TYPES =
            "application/json, application/yaml, " + ProtobufObjects.MEDIA_TYPE;
    private static final String PATCH_TYPES = "application/json-patch+json, application/merge-patch+json, "
            + "application/strategic-merge-patch+json, application/apply-patch+yaml";

    /**
     * The object in a body.
     *
     * @param kind names what is expected, for messages
     * @throws ApiException UNSUPPORTED_MEDIA_TYPE, BAD_REQUEST, and those of {@link Exchange#body}
     */
    static Body object(Exchange exchange, String kind, ProtobufObjects protobuf) {
        requirePlain(exchange);
        String type = mediaType(exchange);
        if (type.equals(ProtobufObjects.MEDIA_TYPE)) {
            return new Body(typed(exchange.body(), protobuf), List.of());
        }
        if (type.equals(MediaType.CBOR) && exchange.cbor()) {
            return new Body(cbor(exchange.body()), List.of());
        }
        byte[] bytes = switch (type) {
            case "", "application/json", "application/yaml" -> exchange.body();
            default -> throw unsupported(TYPES);
        };
        try {
            var read = type.equals("application/yaml") ? yaml(bytes) : JsonReader.readAll(bytes).shallow();
            if (read.value() instanceof JsonObject tree) {
                return new Body(tree, read.duplicateFields());
            }
            throw unrecognized(kind, "json: cannot unmarshal " + nature(read.value()) + " into Go value", bytes);
        } catch (JsonException e) {
            throw unrecognized(kind, e.getMessage(), bytes);
        }
    }

    private static JsonObject typed(byte[] bytes, ProtobufObjects protobuf) {
        try {
            return protobuf.read(bytes);
        } catch (ProtobufException e) {
            throw ApiException.badRequest(e.getMessage());
        }
    }

    private static JsonObject cbor(byte[] bytes) {
        try {
            if (CborReader.read(bytes) instanceof JsonObject tree) {
                return tree;
            }
            throw ApiException.badRequest("the object provided is unrecognized: cbor: it is no map");
        } catch (CborException e) {
            throw ApiException.badRequest("the object provided is unrecognized: " + e.getMessage());
        }
    }

    private static JsonReader.Read yaml(byte[] bytes) {
        try {
            var documents = Yaml.documents(Utf8.text(bytes));
            return new JsonReader.Read(documents.isEmpty() ? JsonObject.EMPTY : documents.getFirst(), List.of(), 0);
        } catch (Yaml.YamlException e) {
            throw new JsonException(DUPLICATE.matcher(String.valueOf(e.getMessage()))
                    .replaceFirst("unmarshal errors:\n  line $1: key \"$2\" already set in map"));
        }
    }

    private static String nature(Json value) {
        return value instanceof JsonArray ? "array" : value.isNull() ? "null" : "value";
    }

    private static ApiException unrecognized(String kind, String why, byte[] bytes) {
        return ApiException.badRequest("the object provided is unrecognized (must be of type " + kind
                + "): couldn't get version/kind; json parse error: " + why + " (" + shown(bytes) + ")");
    }

    private static String shown(byte[] bytes) {
        if (bytes.length == 0) {
            return "<empty>";
        }
        int length = Math.min(bytes.length, SHOWN_BYTES);
        String text = bytes[0] == '{' ? new String(bytes, 0, length, StandardCharsets.UTF_8)
                : HexFormat.of().formatHex(bytes, 0, length);
        return bytes.length > SHOWN_BYTES ? text + " ..." : text;
    }

    /** The options of a deletion, if the body has any. */
    static Optional<JsonObject> deleteOptions(Exchange exchange, ProtobufObjects protobuf) {
        requirePlain(exchange);
        byte[] bytes = exchange.body();
        if (bytes.length == 0) {
            return Optional.empty();
        }
        if (mediaType(exchange).equals(ProtobufObjects.MEDIA_TYPE)) {
            return Optional.of(typed(bytes, protobuf));
        }
        if (mediaType(exchange).equals(MediaType.CBOR) && exchange.cbor()) {
            return Optional.of(cbor(bytes));
        }
        try {
            return Optional.of(mediaType(exchange).equals("application/yaml")
                    ? yaml(bytes).value().object() : JsonReader.readAll(bytes).shallow().object());
        } catch (JsonException e) {
            throw unrecognized("DeleteOptions", e.getMessage(), bytes);
        }
    }

    /** The patch in a body, of the kind that its content type names. */
    static Patch patch(Exchange exchange, Query query) {
        requirePlain(exchange);
        String type = mediaType(exchange);
        boolean force = Options.force(query, type.startsWith("application/apply-patch"));
        return switch (type) {
            case "application/json-patch+json" -> new Patch.JsonPatch(operations(exchange.body()));
            case "application/merge-patch+json" -> new Patch.Merge(change(exchange.body()));
            case "application/strategic-merge-patch+json" -> new Patch.Strategic(change(exchange.body()));
            case "application/apply-patch+yaml" -> new Patch.Apply(applied(exchange.body()), force);
            case "application/apply-patch+cbor" -> {
                if (!exchange.cbor()) {
                    throw unsupported(PATCH_TYPES);
                }
                yield new Patch.Apply(cbor(exchange.body()), force);
            }
            default -> throw unsupported(PATCH_TYPES);
        };
    }

    private static JsonArray operations(byte[] bytes) {
        if (json(bytes) instanceof JsonArray operations) {
            return operations;
        }
        throw ApiException.badRequest("error decoding patch: json: cannot unmarshal object into Go value of type "
                + "jsonpatch.Patch");
    }

    private static JsonObject change(byte[] bytes) {
        if (json(bytes) instanceof JsonObject change) {
            return change;
        }
        throw ApiException.badRequest("error decoding patch: the patch is not an object");
    }

    private static Json json(byte[] bytes) {
        try {
            return JsonReader.readAll(bytes).shallow().value();
        } catch (JsonException e) {
            throw ApiException.badRequest("error decoding patch: " + e.getMessage());
        }
    }

    /** A configuration is YAML; most clients write JSON, which is read sooner. */
    private static JsonObject applied(byte[] bytes) {
        try {
            boolean likeJson = bytes.length > 0 && bytes[0] == '{';
            var read = likeJson ? jsonOrYaml(bytes) : yaml(bytes).value();
            if (read instanceof JsonObject configuration) {
                return configuration;
            }
            throw ApiException.badRequest("error decoding YAML: json: cannot unmarshal " + nature(read)
                    + " into Go value of type map[string]interface {}");
        } catch (JsonException e) {
            throw ApiException.badRequest("error decoding YAML: " + e.getMessage());
        }
    }

    private static Json jsonOrYaml(byte[] bytes) {
        JsonReader.Read read;
        try {
            read = JsonReader.readAll(bytes).shallow();
        } catch (JsonException e) {
            return yaml(bytes).value();
        }
        if (!read.duplicateFields().isEmpty()) {
            throw new JsonException("key \"" + read.duplicateFields().getFirst() + "\" already set in map");
        }
        return read.value();
    }

    /** A packed body must not pass for a plain one. */
    private static void requirePlain(Exchange exchange) {
        String coding = exchange.header("Content-Encoding");
        if (!coding.isBlank() && !coding.strip().equalsIgnoreCase("identity")) {
            throw new ApiException(ApiException.Reason.UNSUPPORTED_MEDIA_TYPE,
                    "the body of the request was in an unknown content encoding - only identity is accepted");
        }
    }

    private static String mediaType(Exchange exchange) {
        String header = exchange.header("Content-Type");
        int end = header.indexOf(';');
        return (end < 0 ? header : header.substring(0, end)).trim().toLowerCase(Locale.ROOT);
    }

    private static ApiException unsupported(String accepted) {
        return new ApiException(ApiException.Reason.UNSUPPORTED_MEDIA_TYPE,
                "the body of the request was in an unknown format - accepted media types include: " + accepted);
    }
}
