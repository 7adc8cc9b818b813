package dev.starling.apiserver.custom;

import dev.starling.apiserver.registry.KindSchema;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.apiserver.schema.StrictErrors;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.patch.MergeKeys;
import dev.starling.kube.patch.Typing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The schema of definitions. Where a schema may stand or something else ({@code items}, {@code additionalProperties}),
 * the types leave open what is there; here unknown fields of such schemas are dropped, too. Thread-safe.
 */
record DefinitionSchema(KindSchema own, Schemas schemas) implements KindSchema {
    private static final String TYPES = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.";
    /** Parts of a schema that are no schemas, with their types. */
    private static final Map<String, String> PARTS = Map.of("externalDocs", "ExternalDocumentation",
            "x-kubernetes-validations", "ValidationRule");
    private static final Set<String> MAPS = Set.of("properties", "patternProperties", "definitions", "dependencies");
    private static final Set<String> BELOW = Set.of("items", "additionalProperties", "additionalItems", "not",
            "allOf", "anyOf", "oneOf");

    @Override
    public Pruned prune(JsonObject object) {
        var first = own.prune(object);
        var versions = first.object().array("spec", "versions");
        var known = new HashMap<String, Set<String>>();
        PARTS.forEach((field, type) -> known.put(field, schemas.definition(TYPES + type).properties().keySet()));
        var walk = new Walk(schemas.definition(TYPES + "JSONSchemaProps").properties().keySet(), known,
                first.unknownFields());
        var pruned = new ArrayList<Json>();
        for (int i = 0; i < versions.size(); i++) {
            String path = "spec.versions[" + i + "].schema.openAPIV3Schema";
            pruned.add(versions.at(i) instanceof JsonObject version && version.object("schema").has("openAPIV3Schema")
                    ? version.withAt(walk.schemas(version.object("schema").at("openAPIV3Schema"), path),
                            "schema", "openAPIV3Schema")
                    : versions.at(i));
        }
        return walk.dropped == 0 ? first : new Pruned(first.object().withAt(JsonArray.of(pruned), "spec",
                "versions"), walk.unknown);
    }

    /** One walk through the schemas of a definition. */
    private static final class Walk {
        private final Set<String> known;
        private final Map<String, Set<String>> parts;
        private final List<String> unknown;
        private long dropped;

        /** @param parts the known fields of those parts that are no schemas */
        Walk(Set<String> known, Map<String, Set<String>> parts, List<String> unknown) {
            this.known = known;
            this.parts = parts;
            this.unknown = new ArrayList<>(unknown);
        }

        private void drop(String path) {
            dropped++;
            if (unknown.size() < StrictErrors.MOST) {
                unknown.add(path);
            }
        }

        /** A schema, a list of them, or something else that may stand there, such as a flag. */
        Json schemas(Json value, String path) {
            if (value instanceof JsonObject schema) {
                return schema(schema, path);
            }
            if (!(value instanceof JsonArray list)) {
                return value;
            }
            var kept = new ArrayList<Json>();
            for (int i = 0; i < list.size(); i++) {
                kept.add(schemas(list.at(i), path + "[" + i + "]"));
            }
            return JsonArray.of(kept);
        }

        private JsonObject schema(JsonObject schema, String path) {
            var kept = JsonObject.builder();
            schema.forEach((name, value) -> {
                String here = path + "." + name;
                if (!known.contains(name)) {
                    drop(here);
                } else if (parts.containsKey(name)) {
                    kept.put(name, part(value, here, parts.get(name)));
                } else if (BELOW.contains(name)) {
                    kept.put(name, schemas(value, here));
                } else if (MAPS.contains(name) && value instanceof JsonObject map) {
                    var parts = JsonObject.builder();
                    map.forEach((part, below) -> parts.put(part, below instanceof JsonObject
                            ? schemas(below, here + "." + part) : below));
                    kept.put(name, parts.build());
                } else {
                    kept.put(name, value);
                }
            });
            return kept.build();
        }

        /** Such a part, or a list of them. */
        private Json part(Json value, String path, Set<String> fields) {
            if (value instanceof JsonArray list) {
                var kept = new ArrayList<Json>();
                for (int i = 0; i < list.size(); i++) {
                    kept.add(part(list.at(i), path + "[" + i + "]", fields));
                }
                return JsonArray.of(kept);
            }
            if (!(value instanceof JsonObject object)) {
                return value;
            }
            var kept = JsonObject.builder();
            object.forEach((name, field) -> {
                if (fields.contains(name)) {
                    kept.put(name, field);
                } else {
                    drop(path + "." + name);
                }
            });
            return kept.build();
        }
    }

    @Override
    public JsonObject defaulted(JsonObject object) {
        return own.defaulted(object);
    }

    @Override
    public List<ApiException.Cause> violations(JsonObject object) {
        return own.violations(object);
    }

    @Override
    public List<ApiException.Cause> changeViolations(JsonObject before, JsonObject after) {
        return own.changeViolations(before, after);
    }

    @Override
    public List<ApiException.Cause> updateViolations(JsonObject before, JsonObject after) {
        return own.updateViolations(before, after);
    }

    @Override
    public MergeKeys mergeKeys() {
        return own.mergeKeys();
    }

    @Override
    public Typing typing() {
        return own.typing();
    }

    @Override
    public boolean mergesStrategically() {
        return own.mergesStrategically();
    }

    @Override
    public Optional<Document> document() {
        return own.document();
    }
}
