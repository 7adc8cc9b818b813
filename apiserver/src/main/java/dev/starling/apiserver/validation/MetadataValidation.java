package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Labels, annotations, owners and finalizers of every object; the registry itself checks names and updates. */
final class MetadataValidation {
    private static final int ANNOTATIONS_LIMIT = 256 << 10;
    private static final FieldPath METADATA = FieldPath.of("metadata");

    private MetadataValidation() {
    }

    static void check(JsonObject metadata, Findings findings) {
        check(metadata, METADATA, findings);
        owners(metadata, METADATA.child("ownerReferences"), findings);
        finalizers(metadata.array("finalizers").texts(), METADATA.child("finalizers"), findings);
    }

    /** Labels and annotations, of a template too. */
    static void check(JsonObject metadata, FieldPath path, Findings findings) {
        labels(metadata.object("labels"), path.child("labels"), findings);
        annotations(metadata.object("annotations"), path.child("annotations"), findings);
    }

    static void labels(JsonObject labels, FieldPath path, Findings findings) {
        labels.forEach((key, value) -> {
            findings.format(path, key, Formats::qualifiedName);
            findings.format(path, value.text(), Formats::labelValue);
        });
    }

    private static void annotations(JsonObject annotations, FieldPath path, Findings findings) {
        long size = 0;
        for (var entry : annotations.entries()) {
            Formats.qualifiedName(entry.getKey().toLowerCase(Locale.ROOT))
                    .forEach(message -> findings.invalid(path, entry.getKey(), message));
            size += utf8(entry.getKey()) + utf8(entry.getValue().text());
        }
        if (size > ANNOTATIONS_LIMIT) {
            findings.add(FieldError.tooLong(path, ANNOTATIONS_LIMIT));
        }
    }

    private static long utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void owners(JsonObject metadata, FieldPath path, Findings findings) {
        String controller = "";
        int index = 0;
        for (JsonObject owner : metadata.array("ownerReferences").objects()) {
            FieldPath here = path.index(index++);
            for (String field : List.of("apiVersion", "kind", "name", "uid")) {
                findings.present(owner, here, field, "must not be empty");
            }
            if (owner.text("apiVersion").equals("v1") && owner.text("kind").equals("Event")) {
                findings.invalid(here, owner, "/v1, Kind=Event is disallowed from being an owner");
            }
            String name = owner.text("kind") + "/" + owner.text("name");
            if (owner.flag("controller") && !controller.isEmpty()) {
                findings.invalid(path, metadata.at("ownerReferences"), "Only one reference can have Controller set to "
                        + "true. Found \"true\" in references for " + controller + " and " + name);
            }
            controller = owner.flag("controller") && controller.isEmpty() ? name : controller;
        }
    }

    private static void finalizers(List<String> finalizers, FieldPath path, Findings findings) {
        finalizers.forEach(finalizer -> findings.format(path, finalizer, Formats::qualifiedName));
        if (finalizers.contains("orphan") && finalizers.contains("foregroundDeletion")) {
            findings.invalid(path, Json.of(finalizers),
                    "finalizer foregroundDeletion and orphan cannot be both set");
        }
    }
}
