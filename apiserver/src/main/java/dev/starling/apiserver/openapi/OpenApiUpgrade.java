package dev.starling.apiserver.openapi;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A document of OpenAPI 2.0 as one of 3.0, for servers that know the older form alone (rules: Kubernetes' aggregator).
 * Pure.
 */
public final class OpenApiUpgrade {
    private static final String OLD_TYPES = "#/definitions/";
    private static final String TYPES = "#/components/schemas/";
    private static final Set<String> OPERATIONS = Set.of("get", "put", "post", "delete", "options", "head", "patch");
    /** What an operation keeps as it is. */
    private static final List<String> TOLD =
            List.of("description", "externalDocs", "tags", "summary", "deprecated", "operationId");
    private static final List<String> TOLD_OF_PARAMETER =
            List.of("name", "description", "in", "required", "allowEmptyValue");
    /** By which a parameter of the older form says its type itself. */
    private static final List<String> TYPE = List.of("type", "format", "uniqueItems");

    private OpenApiUpgrade() {
    }

    public static JsonObject of(JsonObject second) {
        var paths = JsonObject.builder();
        second.object("paths").forEach((path, item) -> paths.put(path, path(item.object())));
        var schemas = JsonObject.builder();
        second.object("definitions").forEach((name, schema) -> schemas.put(name, schema(schema)));
        return JsonObject.builder().put("openapi", "3.0.0").put("info", (Json) second.object("info"))
                .put("paths", (Json) paths.build())
                .put("components", (Json) JsonObject.of("schemas", schemas.build())).build();
    }

    private static JsonObject path(JsonObject item) {
        var upgraded = JsonObject.builder();
        item.forEach((name, part) -> {
            if (OPERATIONS.contains(name)) {
                upgraded.put(name, operation(part.object()));
            } else if (name.equals("parameters")) {
                upgraded.put(name, JsonArray.of(item.array(name).objects().stream()
                        .map(parameter -> (Json) parameter(parameter)).toList()));
            } else {
                upgraded.put(name, part);
            }
        });
        return upgraded.build();
    }

    private static JsonObject operation(JsonObject old) {
        var operation = JsonObject.builder().putAll(kept(old, TOLD));
        var parameters = new ArrayList<Json>();
        for (var parameter : old.array("parameters").objects()) {
            if (parameter.text("in").equals("body") && parameter.has("schema")) {
                operation.put("requestBody", (Json) JsonObject.of("content",
                        content(old.array("consumes").texts(), parameter.at("schema"))));
            } else {
                parameters.add(parameter(parameter));
            }
        }
        if (!parameters.isEmpty()) {
            operation.put("parameters", (Json) JsonArray.of(parameters));
        }
        var responses = JsonObject.builder();
        old.object("responses").forEach((code, response) ->
                responses.put(code, response(response.object(), old.array("produces").texts())));
        return operation.put("responses", (Json) responses.build()).build();
    }

    private static JsonObject response(JsonObject old, List<String> types) {
        var response = JsonObject.builder().put("description", old.text("description"));
        if (old.has("schema")) {
            response.put("content", (Json) content(types, old.at("schema")));
        }
        return response.build();
    }

    private static JsonObject content(List<String> types, Json schema) {
        var content = JsonObject.builder();
        types.forEach(type -> content.put(type, (Json) JsonObject.of("schema", schema(schema))));
        return content.build();
    }

    private static JsonObject parameter(JsonObject old) {
        return kept(old, TOLD_OF_PARAMETER).with("schema",
                old.has("schema") ? schema(old.at("schema")) : kept(old, TYPE));
    }

    /** With what is the document's own, which clients of both forms know by its name. */
    private static JsonObject kept(JsonObject old, List<String> names) {
        var kept = JsonObject.builder();
        old.forEach((name, value) -> {
            if (names.contains(name) || name.startsWith("x-")) {
                kept.put(name, value);
            }
        });
        return kept.build();
    }

    /** References lead elsewhere, and stand alone; all else is the same in both forms. */
    private static Json schema(Json old) {
        return switch (old) {
            case JsonObject object -> referring(object);
            case JsonArray list -> JsonArray.of(list.stream().map(OpenApiUpgrade::schema).toList());
            default -> old;
        };
    }

    private static Json referring(JsonObject object) {
        var schema = JsonObject.builder();
        object.forEach((name, value) -> schema.put(name, schema(value)));
        if (!(object.at("$ref") instanceof JsonString(var place)) || !place.startsWith(OLD_TYPES)) {
            return schema.build();
        }
        var reference = JsonObject.of("$ref", TYPES + place.substring(OLD_TYPES.length()));
        return object.size() == 1 ? reference
                : schema.build().without("$ref").with("allOf", JsonArray.of((Json) reference));
    }
}
