package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.Quantity;
import java.util.List;
import java.util.Set;

/** Volumes, claims, and the classes, drivers and attachments behind them. */
final class StorageValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    /** What a volume's spec holds beside its one source. */
    private static final Set<String> NO_SOURCES = Set.of("accessModes", "capacity", "claimRef", "mountOptions",
            "nodeAffinity", "persistentVolumeReclaimPolicy", "storageClassName", "volumeAttributesClassName",
            "volumeMode");
    private static final String LOCKED = "spec is immutable after creation except resources.requests and "
            + "volumeAttributesClassName for bound claims";

    private StorageValidation() {
    }

    static void checkVolume(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        modes(spec, findings);
        JsonObject capacity = spec.object("capacity");
        if (capacity.isEmpty()) {
            findings.required(SPEC.child("capacity"), "");
        } else if (!capacity.has("storage") || capacity.size() > 1) {
            findings.add(FieldError.notSupported(SPEC.child("capacity"), capacity, List.of("storage")));
        }
        capacity.forEach((name, value) -> positive(value, SPEC.child("capacity").key(name), findings));
        var sources = spec.names().stream().filter(name -> !NO_SOURCES.contains(name)).toList();
        if (sources.isEmpty()) {
            findings.required(SPEC, "must specify a volume type");
        }
        sources.stream().skip(1).forEach(source ->
                findings.forbidden(SPEC.child(source), "may not specify more than 1 volume type"));
        String path = spec.text("hostPath", "path");
        if (path.equals("/") && spec.text("persistentVolumeReclaimPolicy").equals("Recycle")) {
            findings.forbidden(SPEC.child("persistentVolumeReclaimPolicy"),
                    "may not be 'recycle' for a hostPath mount of '/'");
        }
        findings.optional(spec, SPEC, "storageClassName", Formats::subdomain);
    }

    private static void modes(JsonObject spec, Findings findings) {
        var modes = spec.array("accessModes").texts();
        if (modes.isEmpty()) {
            findings.required(SPEC.child("accessModes"), "at least 1 access mode is required");
        }
        if (modes.size() > 1 && modes.contains("ReadWriteOncePod")) {
            findings.forbidden(SPEC.child("accessModes"),
                    "may not use ReadWriteOncePod with other access modes");
        }
    }

    private static void positive(Json value, FieldPath path, Findings findings) {
        if (Quantity.tryParse(value.text()).orElse(Quantity.ZERO).compareTo(Quantity.ZERO) <= 0) {
            findings.invalid(path, value, "must be greater than zero");
        }
    }

    static void checkVolumeUpdate(JsonObject before, JsonObject after, Findings findings) {
        boolean same = sources(before).equals(sources(after));
        if (!same) {
            findings.forbidden(SPEC.child("persistentvolumesource"),
                    "spec.persistentvolumesource is immutable after creation");
        }
        findings.immutable(SPEC.child("volumeMode"), before.at("spec", "volumeMode"), after.at("spec", "volumeMode"));
    }

    private static JsonObject sources(JsonObject volume) {
        JsonObject sources = volume.object("spec");
        for (String field : NO_SOURCES) {
            sources = sources.without(field);
        }
        return sources;
    }

    static void checkClaim(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        modes(spec, findings);
        if (spec.has("selector")) {
            SelectorValidation.check(spec.object("selector"), SPEC.child("selector"), findings);
        }
        Json storage = spec.at("resources", "requests", "storage");
        if (storage.isNull()) {
            findings.required(SPEC.child("resources").key("storage"), "");
        } else {
            positive(storage, SPEC.child("resources").key("storage"), findings);
        }
        findings.optional(spec, SPEC, "storageClassName", Formats::subdomain);
        for (String source : List.of("dataSource", "dataSourceRef")) {
            if (spec.has(source)) {
                findings.present(spec.object(source), SPEC.child(source), "name");
                findings.present(spec.object(source), SPEC.child(source), "kind");
            }
        }
    }

    static void checkClaimUpdate(JsonObject before, JsonObject after, Findings findings) {
        JsonObject old = before.object("spec");
        JsonObject wanted = after.object("spec");
        if (old.text("volumeName").isEmpty()) {
            old = old.without("volumeName");
            wanted = wanted.without("volumeName");
        }
        if (old.at("storageClassName").isNull()) {
            wanted = wanted.without("storageClassName");
        }
        if (before.text("status", "phase").equals("Bound")) {
            shrinks(before, after, findings);
            old = old.withoutAt("resources", "requests", "storage").without("volumeAttributesClassName");
            wanted = wanted.withoutAt("resources", "requests", "storage").without("volumeAttributesClassName");
        }
        if (!old.equals(wanted)) {
            findings.forbidden(SPEC, LOCKED);
        }
    }

    private static void shrinks(JsonObject before, JsonObject after, Findings findings) {
        var held = Quantity.tryParse(before.text("status", "capacity", "storage")).orElse(Quantity.ZERO);
        var old = Quantity.tryParse(before.text("spec", "resources", "requests", "storage")).orElse(Quantity.ZERO);
        var wanted = Quantity.tryParse(after.text("spec", "resources", "requests", "storage")).orElse(Quantity.ZERO);
        if (wanted.compareTo(old) < 0 && wanted.compareTo(held) <= 0) {
            findings.forbidden(SPEC.child("resources", "requests", "storage"),
                    "field can not be less than status.capacity");
        }
    }

    static void checkStorageClass(JsonObject object, Findings findings) {
        findings.formatted(object, FieldPath.ROOT, "provisioner", Formats::lowercaseQualifiedName);
        if (!object.text("reclaimPolicy").isEmpty()) {
            findings.supported(FieldPath.of("reclaimPolicy"), object.text("reclaimPolicy"),
                    List.of("Delete", "Retain"));
        }
        object.object("parameters").names().stream().filter(String::isEmpty).forEach(name ->
                findings.invalid(FieldPath.of("parameters"), name, "field can not be empty."));
    }

    static void checkStorageClassUpdate(JsonObject before, JsonObject after, Findings findings) {
        for (String field : List.of("parameters", "provisioner", "reclaimPolicy")) {
            frozen(before, after, field, findings);
        }
        findings.immutable(FieldPath.of("volumeBindingMode"), before.at("volumeBindingMode"),
                after.at("volumeBindingMode"));
    }

    private static void frozen(JsonObject before, JsonObject after, String field, Findings findings) {
        if (!before.at(field).equals(after.at(field))) {
            findings.forbidden(FieldPath.of(field), "updates to " + field + " are forbidden.");
        }
    }

    static void checkAttributesClass(JsonObject object, Findings findings) {
        findings.formatted(object, FieldPath.ROOT, "driverName", Formats::lowercaseQualifiedName);
        if (object.object("parameters").isEmpty()) {
            findings.required(FieldPath.of("parameters"), "must contain at least one key/value pair");
        }
    }

    static void checkAttributesClassUpdate(JsonObject before, JsonObject after, Findings findings) {
        frozen(before, after, "driverName", findings);
        frozen(before, after, "parameters", findings);
    }

    static void checkDriverUpdate(JsonObject before, JsonObject after, Findings findings) {
        for (String field : List.of("attachRequired", "volumeLifecycleModes")) {
            findings.immutable(SPEC.child(field), before.at("spec", field), after.at("spec", field));
        }
    }

    static void checkAttachment(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        findings.formatted(spec, SPEC, "attacher", Formats::lowercaseQualifiedName);
        findings.formatted(spec, SPEC, "nodeName", Formats::subdomain);
        JsonObject source = spec.object("source");
        if (source.has("inlineVolumeSpec") == source.has("persistentVolumeName")) {
            findings.required(SPEC.child("source"),
                    "must specify exactly one of inlineVolumeSpec and persistentVolumeName");
        }
    }

    static void checkAttachmentUpdate(JsonObject before, JsonObject after, Findings findings) {
        findings.immutable(SPEC, before.at("spec"), after.at("spec"));
    }

    static void checkCapacity(JsonObject object, Findings findings) {
        findings.formatted(object, FieldPath.ROOT, "storageClassName", Formats::subdomain);
        for (String field : List.of("capacity", "maximumVolumeSize")) {
            boolean negative = Quantity.tryParse(object.text(field)).orElse(Quantity.ZERO)
                    .compareTo(Quantity.ZERO) < 0;
            if (negative) {
                findings.invalid(FieldPath.of(field), new JsonString(object.text(field)),
                        "must be greater than or equal to 0");
            }
        }
    }

    static void checkCapacityUpdate(JsonObject before, JsonObject after, Findings findings) {
        for (String field : List.of("nodeTopology", "storageClassName")) {
            findings.immutable(FieldPath.of(field), before.at(field), after.at(field));
        }
    }
}
