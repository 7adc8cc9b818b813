package dev.starling.apiserver.openapi;

import dev.starling.apiserver.schema.Schemas;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Collects the definitions that a document needs, with all that they refer to. Used by one thread. */
final class Components {
    static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    private static final String OBJECT_META = "Standard object's metadata. More info: "
            + "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";
    private static final String API_VERSION = "APIVersion defines the versioned schema of this representation of an "
            + "object. Servers should convert recognized schemas to the latest internal value, and may reject "
            + "unrecognized values. More info: "
            + "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources";
    private static final String KIND = "Kind is a string value representing the REST resource this object represents. "
            + "Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In "
            + "CamelCase. More info: "
            + "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds";
    private static final String GROUP_VERSION_KIND = "x-kubernetes-group-version-kind";

    private final Schemas schemas;
    private final Dialect dialect;
    private final Documents custom;
    private final Map<String, Json> definitions = new TreeMap<>();
    private final Deque<String> open = new ArrayDeque<>();

    Components(Schemas schemas, Dialect dialect, Documents custom) {
        this.custom = custom;
        this.schemas = schemas;
        this.dialect = dialect;
    }

    /** A reference to a kind; one without a schema becomes an object of any form. */
    JsonObject kind(String apiVersion, String kind) {
        return schemas.definitionName(apiVersion, kind).map(this::definition)
                .orElseGet(() -> free(apiVersion, kind));
    }

    boolean isCustom(String apiVersion, String kind) {
        return custom.find(apiVersion, kind).isPresent();
    }

    JsonObject definition(String name) {
        if (definitions.putIfAbsent(name, JsonObject.EMPTY) == null) {
            open.add(name);
        }
        return dialect.reference(name);
    }

    private JsonObject free(String apiVersion, String kind) {
        int slash = apiVersion.indexOf('/');
        String group = slash < 0 ? "" : apiVersion.substring(0, slash);
        String version = apiVersion.substring(slash + 1);
        String name = String.join(".", List.of(group.split("\\.")).reversed()) + "." + version + "." + kind;
        JsonObject groupVersionKind = JsonObject.of("group", group, "kind", kind, "version", version);
        JsonObject schema = custom.find(apiVersion, kind).map(document -> whole(document.schema()))
                .orElseGet(() -> JsonObject.of("type", "object", "x-kubernetes-preserve-unknown-fields", true));
        definitions.put(name, schema.with(GROUP_VERSION_KIND, JsonArray.of(List.of(groupVersionKind))));
        return dialect.reference(name);
    }

    /** A custom kind's schema with what every object has. */
    private JsonObject whole(JsonObject written) {
        if (dialect == Dialect.V2 && written.flag("x-kubernetes-preserve-unknown-fields")) {
            return JsonObject.of("type", "object");
        }
        JsonObject schema = dialect.custom(written);
        if (schema.object("properties").isEmpty() && !written.object("properties").isEmpty()) {
            return schema;
        }
        JsonObject meta = dialect.described(definition(META + "ObjectMeta"), OBJECT_META);
        JsonObject properties = JsonObject.builder().put("apiVersion", text(API_VERSION)).put("kind", text(KIND))
                .put("metadata", meta).putAll(schema.object("properties").without("apiVersion").without("kind")
                        .without("metadata")).build();
        return schema.with("properties", properties);
    }

    private static JsonObject text(String description) {
        return JsonObject.of("description", description, "type", "string");
    }

    /** All definitions by name, in order. */
    JsonObject all() {
        while (!open.isEmpty()) {
            String name = open.remove();
            definitions.put(name, written(name));
        }
        JsonObject.Builder all = JsonObject.builder();
        definitions.forEach((name, schema) -> all.put(name, schema));
        return all.build();
    }

    private JsonObject written(String name) {
        JsonObject written = schemas.definition(name).json();
        Map<String, String> texts = schemas.texts(name);
        JsonObject schema = dialect.schema(written, texts.getOrDefault("", ""));
        follow(written);
        if (written.has("properties")) {
            JsonObject.Builder properties = JsonObject.builder();
            written.object("properties").forEach((field, node) -> {
                properties.put(field, dialect.schema(node.object(), texts.getOrDefault(field, "")));
                follow(node);
            });
            schema = schema.with("properties", properties.build());
        }
        return schema;
    }

    private void follow(Json node) {
        JsonObject schema = node.object();
        schema.find("$ref").ifPresent(name -> definition(name.text()));
        schema.find("items").ifPresent(this::follow);
        schema.find("additionalProperties").ifPresent(this::follow);
    }
}
