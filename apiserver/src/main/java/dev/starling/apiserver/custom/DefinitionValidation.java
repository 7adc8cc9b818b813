package dev.starling.apiserver.custom;

import dev.starling.apiserver.custom.Definition.Version;
import dev.starling.apiserver.registry.NameRule;
import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.FieldPath;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.apiserver.schema.SemanticChecks;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What may be wrong with a definition: its names, its versions, and how they convert. */
final class DefinitionValidation implements SemanticChecks {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final FieldPath NAMES = SPEC.child("names");

    private final Schemas schemas;

    DefinitionValidation(Schemas schemas) {
        this.schemas = schemas;
    }

    @Override
    public List<FieldError> errors(ResourceType type, JsonObject object) {
        return errors(object, new HashSet<>());
    }

    /** Compiling rules takes long: schemas that are there already are not judged again. */
    @Override
    public List<FieldError> errorsAfter(ResourceType type, JsonObject before, JsonObject after) {
        return errors(after, new Definition(KubeObject.of(before)).versions().stream().map(Version::schema)
                .collect(Collectors.toCollection(HashSet::new)));
    }

    private List<FieldError> errors(JsonObject object, Set<JsonObject> sound) {
        var definition = new Definition(KubeObject.of(object));
        List<FieldError> errors = new ArrayList<>();
        name(definition, errors);
        group(definition, errors);
        String scope = object.text("spec", "scope");
        if (scope.isEmpty()) {
            errors.add(FieldError.required(SPEC.child("scope"), ""));
        } else if (!List.of("Cluster", "Namespaced").contains(scope)) {
            errors.add(FieldError.notSupported(SPEC.child("scope"), Json.of(scope), List.of("Cluster", "Namespaced")));
        }
        if (object.flag("spec", "preserveUnknownFields")) {
            errors.add(FieldError.invalid(SPEC.child("preserveUnknownFields"), Json.of(true), "cannot set to true, set "
                    + "x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"));
        }
        names(definition.names(), NAMES, errors);
        versions(definition, sound, errors);
        conversion(object.object("spec", "conversion"), errors);
        stored(definition, errors);
        return errors;
    }

    private static void name(Definition definition, List<FieldError> errors) {
        String wanted = definition.names().plural() + "." + definition.group();
        if (!definition.object().name().equals(wanted)) {
            errors.add(FieldError.invalid(FieldPath.of("metadata").child("name"), definition.object().name(),
                    "must be spec.names.plural+\".\"+spec.group"));
        }
    }

    private static void group(Definition definition, List<FieldError> errors) {
        String group = definition.group();
        if (group.isEmpty()) {
            errors.add(FieldError.required(SPEC.child("group"), ""));
            return;
        }
        NameRule.SUBDOMAIN.violation(group).ifPresent(wrong ->
                errors.add(FieldError.invalid(SPEC.child("group"), group, wrong)));
        if (!group.contains(".")) {
            errors.add(FieldError.invalid(SPEC.child("group"), group, "should be a domain with at least one dot"));
        }
        boolean guarded = group.endsWith(".k8s.io") || group.endsWith(".kubernetes.io") || group.equals("k8s.io")
                || group.equals("kubernetes.io");
        if (guarded && !definition.object().annotations().containsKey("api-approved.kubernetes.io")) {
            errors.add(FieldError.required(FieldPath.of("metadata").child("annotations").key(
                    "api-approved.kubernetes.io"), "protected groups must have approval annotation "
                    + "\"api-approved.kubernetes.io\", see https://github.com/kubernetes/enhancements/pull/1111"));
        }
    }

    private static void names(Definition.Names names, FieldPath path, List<FieldError> errors) {
        label(names.plural(), path.child("plural"), errors);
        label(names.singular(), path.child("singular"), errors);
        kind(names.kind(), path.child("kind"), errors);
        kind(names.listKind(), path.child("listKind"), errors);
        if (!names.kind().isEmpty() && names.kind().equals(names.listKind())) {
            errors.add(FieldError.invalid(path.child("listKind"), names.listKind(),
                    "kind and listKind may not be the same"));
        }
        for (int i = 0; i < names.shortNames().size(); i++) {
            label(names.shortNames().get(i), path.child("shortNames").index(i), errors);
        }
        for (int i = 0; i < names.categories().size(); i++) {
            label(names.categories().get(i), path.child("categories").index(i), errors);
        }
    }

    private static void label(String name, FieldPath path, List<FieldError> errors) {
        if (name.isEmpty()) {
            errors.add(FieldError.required(path, ""));
            return;
        }
        NameRule.LABEL_1035.violation(name).ifPresent(wrong -> errors.add(FieldError.invalid(path, name, wrong)));
    }

    private static void kind(String name, FieldPath path, List<FieldError> errors) {
        if (name.isEmpty()) {
            errors.add(FieldError.required(path, ""));
            return;
        }
        NameRule.LABEL_1035.violation(name.toLowerCase(Locale.ROOT)).ifPresent(wrong -> errors.add(
                FieldError.invalid(path, name, "may have mixed case, but should otherwise match: " + wrong)));
    }

    private void versions(Definition definition, Set<JsonObject> sound, List<FieldError> errors) {
        FieldPath path = SPEC.child("versions");
        List<Version> versions = definition.versions();
        if (versions.isEmpty()) {
            errors.add(FieldError.required(path, "must have exactly one version marked as storage version"));
            return;
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < versions.size(); i++) {
            Version version = versions.get(i);
            if (!seen.add(version.name())) {
                errors.add(FieldError.invalid(path.index(i).child("name"), version.name(),
                        "must contain unique version names, duplicate version names found"));
            }
            if (version.name().length() > 63 || NameRule.LABEL_1035.violation(version.name()).isPresent()) {
                errors.add(FieldError.invalid(path.index(i).child("name"), version.name(),
                        NameRule.LABEL_1035.violation(version.name()).orElse("must be no more than 63 characters")));
            }
            new VersionValidation(schemas, sound, errors).check(version, path.index(i));
        }
        if (versions.stream().filter(Version::storage).count() != 1) {
            errors.add(FieldError.invalid(path, definition.object().spec().at("versions"),
                    "must have exactly one version marked as storage version"));
        }
    }

    private static void conversion(JsonObject conversion, List<FieldError> errors) {
        FieldPath path = SPEC.child("conversion");
        switch (conversion.text("strategy")) {
            case "None" -> {
                if (conversion.has("webhook")) {
                    errors.add(FieldError.forbidden(path.child("webhook"),
                            "should not be set when strategy is not set to Webhook"));
                }
            }
            case "Webhook" -> webhook(conversion, path, errors);
            default -> errors.add(FieldError.notSupported(path.child("strategy"), conversion.at("strategy"),
                    List.of("None", "Webhook")));
        }
    }

    private static void webhook(JsonObject conversion, FieldPath path, List<FieldError> errors) {
        JsonObject webhook = conversion.object("webhook");
        JsonObject config = webhook.object("clientConfig");
        if (config.isEmpty()) {
            errors.add(FieldError.required(path.child("webhookClientConfig"),
                    "required when strategy is set to Webhook"));
        } else if (config.has("url") == config.has("service")) {
            errors.add(FieldError.required(path.child("webhookClientConfig"),
                    "exactly one of url or service is required"));
        } else if (config.has("url") && !config.text("url").startsWith("https://")) {
            errors.add(FieldError.invalid(path.child("webhookClientConfig").child("url"), config.text("url"),
                    "'https' is the only allowed URL scheme"));
        }
        List<String> versions = webhook.array("conversionReviewVersions").texts();
        if (versions.isEmpty()) {
            errors.add(FieldError.required(path.child("conversionReviewVersions"), ""));
        } else if (!versions.contains("v1")) {
            errors.add(FieldError.invalid(path.child("conversionReviewVersions"), JsonArray.strings(versions),
                    "must include at least one of v1"));
        }
    }

    private static void stored(Definition definition, List<FieldError> errors) {
        FieldPath path = FieldPath.of("status").child("storedVersions");
        List<String> stored = definition.object().status().array("storedVersions").texts();
        List<String> known = definition.versions().stream().map(Version::name).toList();
        for (int i = 0; i < stored.size(); i++) {
            if (!known.contains(stored.get(i))) {
                errors.add(FieldError.invalid(path.index(i), stored.get(i),
                        "missing from spec.versions; " + stored.get(i) + " was previously a storage version, and must "
                                + "remain in spec.versions until a storage migration ensures no data remains persisted "
                                + "in " + stored.get(i) + " and removes " + stored.get(i)
                                + " from status.storedVersions"));
            }
        }
    }

    @Override
    public List<FieldError> updateErrors(ResourceType type, JsonObject before, JsonObject after) {
        List<FieldError> errors = new ArrayList<>();
        for (String field : List.of("group", "scope")) {
            unchanged(before.at("spec", field), after.at("spec", field), SPEC.child(field), errors);
        }
        for (String field : List.of("plural", "kind")) {
            unchanged(before.at("spec", "names", field), after.at("spec", "names", field), NAMES.child(field), errors);
        }
        return errors;
    }

    private static void unchanged(Json before, Json after, FieldPath path, List<FieldError> errors) {
        if (!before.equals(after)) {
            errors.add(FieldError.invalid(path, after, "field is immutable"));
        }
    }
}
