package dev.starling.apiserver.registry;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.patch.TypeCheck;
import java.util.List;

/** Configurations as clients apply them: whether they fit, and what of them a write can change. Pure functions. */
final class Configurations {
    private static final List<String> ADDRESS = List.of("name", "namespace", "uid", "resourceVersion");

    private Configurations() {
    }

    /**
     * A configuration for an object or its {@code status}, without what this write leaves as it is.
     *
     * @throws ApiException BAD_REQUEST if it is not of this kind and version, or its fields do not fit
     */
    static JsonObject checked(Kind kind, String subresource, JsonObject configuration) {
        var type = kind.type();
        String version = configuration.text("apiVersion");
        if (!version.equals(type.apiVersion())) {
            throw ApiException.badRequest("Incorrect version specified in apply patch. Specified patch version: "
                    + version + ", expected: " + type.apiVersion());
        }
        if (!configuration.text("kind").equals(type.kind())) {
            throw ApiException.badRequest("Incorrect kind specified in apply patch. Specified patch kind: "
                    + configuration.text("kind") + ", expected: " + type.kind());
        }
        if (!configuration.at("metadata", "managedFields").isNull()) {
            throw ApiException.badRequest("metadata.managedFields must be nil");
        }
        String faults = TypeCheck.faults(configuration, kind.schema().typing());
        if (!faults.isEmpty()) {
            var metadata = configuration.object("metadata");
            throw ApiException.badRequest("failed to create typed patch object (" + metadata.text("namespace") + "/"
                    + metadata.text("name") + "; " + type.apiVersion() + ", Kind=" + type.kind() + "): " + faults);
        }
        return reached(kind.rules(), subresource, configuration);
    }

    private static JsonObject reached(KindRules rules, String subresource, JsonObject configuration) {
        if (subresource.isEmpty()) {
            return rules.hasStatus() ? configuration.without("status") : configuration;
        }
        var part = rules.part(subresource);
        if (part.isPresent()) {
            return configuration.without("status").with("metadata", address(configuration.object("metadata")))
                    .with("spec", part.get().reached(configuration.object("spec")));
        }
        var bare = JsonObject.builder();
        configuration.forEach((name, value) -> {
            switch (name) {
                case "apiVersion", "kind", "status" -> bare.put(name, value);
                case "metadata" -> bare.put(name, ofStatus(rules, value.object()));
                default -> {
                }
            }
        });
        return bare.build();
    }

    private static JsonObject ofStatus(KindRules rules, JsonObject metadata) {
        if (!rules.statusWritesMetadata()) {
            return address(metadata);
        }
        return rules.statusWritesLabels() ? metadata : metadata.without("labels");
    }

    /** What tells which object is meant. */
    static JsonObject address(JsonObject metadata) {
        var builder = JsonObject.builder();
        ADDRESS.forEach(name -> metadata.find(name).ifPresent(value -> builder.put(name, value)));
        return builder.build();
    }

    /** A missing object is created, unless the configuration means one that was there. */
    static void checkAbsence(Writer.Job job, KubeObject wanted) {
        if (!wanted.uid().isEmpty()) {
            throw Writer.conflict(job.key(), "uid mismatch: the provided object specified uid " + wanted.uid()
                    + ", and no existing object was found");
        }
        if (!wanted.resourceVersion().isEmpty() && !wanted.resourceVersion().equals("0")) {
            throw Writer.conflict(job.key(), Writer.MODIFIED);
        }
    }
}
