package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;

/** Webhooks and policies of admission; what their expressions mean is checked by whoever runs them. */
final class AdmissionValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final int MOST_ANNOTATIONS = 20;
    private static final int LONGEST_VALUE = 5 * 1024;
    private static final int MOST_CONDITIONS = 64;
    private static final List<String> VERSIONS = List.of("v1", "v1beta1");

    private AdmissionValidation() {
    }

    static void checkWebhooks(JsonObject object, Findings findings) {
        var names = new HashSet<String>();
        Findings.each(object, FieldPath.ROOT, "webhooks", (webhook, path) -> {
            webhook(webhook, path, findings);
            if (!names.add(webhook.text("name"))) {
                findings.duplicate(path.child("name"), new JsonString(webhook.text("name")));
            }
        });
    }

    private static void webhook(JsonObject webhook, FieldPath path, Findings findings) {
        String name = webhook.text("name");
        if (findings.present(webhook, path, "name")) {
            findings.format(path.child("name"), name, Formats::subdomain);
            if (name.split("\\.").length < 3) {
                findings.invalid(path.child("name"), name,
                        "should be a domain with at least three segments separated by dots");
            }
        }
        versions(webhook, path, findings);
        rules(webhook, path, "rules", findings);
        if (webhook.text("sideEffects").isEmpty()) {
            findings.required(path.child("sideEffects"), "must specify one of None, NoneOnDryRun");
        } else {
            findings.supported(path.child("sideEffects"), webhook.text("sideEffects"),
                    List.of("None", "NoneOnDryRun"));
        }
        long timeout = webhook.at("timeoutSeconds").number(10);
        if (timeout < 1 || timeout > 30) {
            findings.invalid(path.child("timeoutSeconds"), webhook.at("timeoutSeconds"),
                    "the timeout value must be between 1 and 30 seconds");
        }
        selectors(webhook, path, findings);
        matchConditions(webhook, path, findings);
        client(webhook.object("clientConfig"), path.child("clientConfig"), findings);
    }

    private static void versions(JsonObject webhook, FieldPath path, Findings findings) {
        var versions = webhook.array("admissionReviewVersions").texts();
        FieldPath here = path.child("admissionReviewVersions");
        if (versions.isEmpty()) {
            findings.required(here, "must specify one of v1, v1beta1");
        } else if (VERSIONS.stream().noneMatch(versions::contains)) {
            findings.invalid(here, webhook.at("admissionReviewVersions"), "must include at least one of v1, v1beta1");
        }
    }

    private static void client(JsonObject client, FieldPath path, Findings findings) {
        if (client.has("url") == client.has("service")) {
            findings.required(path, "exactly one of url or service is required");
        } else if (client.has("service")) {
            findings.present(client.object("service"), path.child("service"), "name", "service name is required");
            findings.present(client.object("service"), path.child("service"), "namespace",
                    "service namespace is required");
        } else if (!client.text("url").startsWith("https://")) {
            findings.invalid(path.child("url"), client.text("url"), "'https' is the only allowed URL scheme; desired "
                    + "format: https://host[/path]");
        }
    }

    private static void rules(JsonObject owner, FieldPath path, String list, Findings findings) {
        Findings.each(owner, path, list, (rule, here) -> {
            for (String field : List.of("operations", "apiGroups", "apiVersions", "resources")) {
                var texts = rule.array(field).texts();
                if (texts.isEmpty()) {
                    findings.required(here.child(field), "");
                } else if (texts.size() > 1 && texts.contains("*") && !field.equals("resources")) {
                    findings.invalid(here.child(field), rule.at(field),
                            "if '*' is present, must not specify other " + words(field));
                }
            }
        });
    }

    private static String words(String field) {
        return switch (field) {
            case "apiGroups" -> "API groups";
            case "apiVersions" -> "API versions";
            default -> field;
        };
    }

    private static void selectors(JsonObject owner, FieldPath path, Findings findings) {
        for (String selector : List.of("namespaceSelector", "objectSelector")) {
            SelectorValidation.check(owner.object(selector), path.child(selector), findings);
        }
    }

    private static void constraints(JsonObject spec, Findings findings) {
        FieldPath constraints = SPEC.child("matchConstraints");
        if (!spec.has("matchConstraints")) {
            findings.required(constraints, "");
        } else {
            if (spec.array("matchConstraints", "resourceRules").isEmpty()) {
                findings.required(constraints.child("resourceRules"), "");
            }
            rules(spec.object("matchConstraints"), constraints, "resourceRules", findings);
            selectors(spec.object("matchConstraints"), constraints, findings);
        }
        if (spec.has("paramKind")) {
            findings.present(spec.object("paramKind"), SPEC.child("paramKind"), "apiVersion");
            findings.present(spec.object("paramKind"), SPEC.child("paramKind"), "kind");
        }
    }

    static void checkPolicy(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        constraints(spec, findings);
        if (spec.array("validations").isEmpty() && spec.array("auditAnnotations").isEmpty()) {
            String either = "validations or auditAnnotations must contain at least one item";
            findings.required(SPEC.child("validations"), either);
            findings.required(SPEC.child("auditAnnotations"), either);
        }
        Findings.each(spec, SPEC, "validations", (validation, path) -> {
            if (validation.text("expression").isBlank()) {
                findings.required(path.child("expression"), "expression is not specified");
            }
        });
        matchConditions(spec, SPEC, findings);
        auditAnnotations(object, findings);
    }

    private static void auditAnnotations(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        if (spec.array("auditAnnotations").size() > MOST_ANNOTATIONS) {
            findings.invalid(SPEC.child("auditAnnotations"), spec.at("auditAnnotations"),
                    "must not have more than " + MOST_ANNOTATIONS + " auditAnnotations");
        }
        var keys = new HashSet<String>();
        Findings.each(spec, SPEC, "auditAnnotations", (annotation, path) -> {
            findings.format(path.child("key"), object.text("metadata", "name") + "/" + annotation.text("key"),
                    Formats::qualifiedName);
            String value = annotation.text("valueExpression").strip();
            if (value.isEmpty()) {
                findings.required(path.child("valueExpression"), "valueExpression is not specified");
            } else if (value.getBytes(StandardCharsets.UTF_8).length > LONGEST_VALUE) {
                findings.required(path.child("valueExpression"),
                        "must not exceed " + LONGEST_VALUE + " bytes in length");
            }
            if (!keys.add(annotation.text("key"))) {
                findings.duplicate(path.child("key"), annotation.at("key"));
            }
        });
    }

    private static void matchConditions(JsonObject owner, FieldPath path, Findings findings) {
        int count = owner.array("matchConditions").size();
        if (count > MOST_CONDITIONS) {
            findings.add(FieldError.tooMany(path.child("matchConditions"), count, MOST_CONDITIONS));
        }
        var names = new HashSet<String>();
        Findings.each(owner, path, "matchConditions", (condition, here) -> {
            if (condition.text("expression").isBlank()) {
                findings.required(here.child("expression"), "");
            }
            String name = condition.text("name");
            findings.formatted(condition, here, "name", Formats::qualifiedName);
            if (!name.isEmpty() && !names.add(name)) {
                findings.duplicate(here.child("name"), new JsonString(name));
            }
        });
    }

    static void checkMutatingPolicy(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        constraints(spec, findings);
        FieldPath rules = SPEC.child("matchConstraints");
        Findings.each(spec.object("matchConstraints"), rules, "resourceRules", (rule, path) -> {
            if (rule.array("operations").texts().contains("DELETE")) {
                findings.supported(path.child("operations"), "DELETE", List.of("*", "CONNECT", "CREATE", "UPDATE"));
            }
        });
        if (spec.array("mutations").isEmpty()) {
            findings.required(SPEC.child("mutations"), "mutations must contain at least one item");
        }
        Findings.each(spec, SPEC, "mutations", (mutation, path) -> mutation(mutation, path, findings));
        findings.present(spec, SPEC, "reinvocationPolicy");
        matchConditions(spec, SPEC, findings);
    }

    private static void mutation(JsonObject mutation, FieldPath path, Findings findings) {
        String type = mutation.text("patchType");
        if (!findings.present(mutation, path, "patchType")) {
            return;
        }
        for (String known : List.of("ApplyConfiguration", "JSONPatch")) {
            String field = known.equals("JSONPatch") ? "jsonPatch" : "applyConfiguration";
            if (type.equals(known) && mutation.object(field).text("expression").isBlank()) {
                findings.required(path.child(field, "expression"), "expression is not specified");
            } else if (!type.equals(known) && mutation.has(field)) {
                findings.forbidden(path.child(field), field + " must not be set when patchType is " + type);
            }
        }
    }

    static void checkMutatingBinding(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        findings.formatted(spec, SPEC, "policyName", Formats::subdomain);
        parameters(spec, findings);
    }

    static void checkBinding(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        findings.formatted(spec, SPEC, "policyName", Formats::subdomain);
        var actions = spec.array("validationActions").texts();
        if (actions.isEmpty()) {
            findings.required(SPEC.child("validationActions"), "at least one validation action is required");
        } else if (actions.contains("Deny") && actions.contains("Warn")) {
            findings.invalid(SPEC.child("validationActions"), spec.at("validationActions"), "must not contain both "
                    + "Deny and Warn (repeating the same validation failure information in the API response and "
                    + "headers serves no purpose)");
        }
        parameters(spec, findings);
    }

    private static void parameters(JsonObject spec, Findings findings) {
        if (spec.has("paramRef")) {
            JsonObject reference = spec.object("paramRef");
            FieldPath path = SPEC.child("paramRef");
            if (reference.text("name").isEmpty() && !reference.has("selector")) {
                findings.required(path, "one of name or selector must be specified");
            } else if (!reference.text("name").isEmpty() && reference.has("selector")) {
                findings.forbidden(path.child("name"), "name and selector are mutually exclusive");
            }
            findings.present(reference, path, "parameterNotFoundAction");
        }
    }
}
