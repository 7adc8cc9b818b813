package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.LabelSelector;

/** Label selectors, and whether one selects the pods that its owner makes. */
final class SelectorValidation {
    private SelectorValidation() {
    }

    static void check(JsonObject selector, FieldPath path, Findings findings) {
        MetadataValidation.labels(selector.object("matchLabels"), path.child("matchLabels"), findings);
        Findings.each(selector, path, "matchExpressions", (one, here) -> requirement(one, here, findings));
    }

    private static void requirement(JsonObject requirement, FieldPath path, Findings findings) {
        boolean valued = !requirement.array("values").isEmpty();
        switch (requirement.text("operator")) {
            case "In", "NotIn" -> {
                if (!valued) {
                    findings.required(path.child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
                }
            }
            case "Exists", "DoesNotExist" -> {
                if (valued) {
                    findings.forbidden(path.child("values"),
                            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                }
            }
            default -> findings.invalid(path.child("operator"), requirement.text("operator"),
                    "not a valid selector operator");
        }
        findings.format(path.child("key"), requirement.text("key"), Formats::qualifiedName);
        int index = 0;
        for (String value : requirement.array("values").texts()) {
            findings.format(path.child("values").index(index++), value, Formats::labelValue);
        }
    }

    /** The selector of a workload: it must be there, not be empty, and select the template's labels. */
    static void checkWorkload(JsonObject spec, FieldPath path, Findings findings) {
        Json selector = spec.at("selector");
        if (selector.isNull()) {
            findings.required(path.child("selector"), "");
            mismatch(spec, path, findings);
            return;
        }
        check(selector.object(), path.child("selector"), findings);
        JsonObject parts = selector.object();
        if (parts.object("matchLabels").isEmpty() && parts.array("matchExpressions").isEmpty()) {
            findings.invalid(path.child("selector"), selector, "empty selector is invalid for deployment");
        }
        checkMatches(spec, path, findings);
    }

    static void checkMatches(JsonObject spec, FieldPath path, Findings findings) {
        try {
            if (!LabelSelector.from(spec.object("selector")).matches(labels(spec).texts())) {
                mismatch(spec, path, findings);
            }
        } catch (IllegalArgumentException e) {
            findings.invalid(path.child("selector"), spec.at("selector"), e.getMessage());
        }
    }

    private static JsonObject labels(JsonObject spec) {
        return spec.object("template", "metadata", "labels");
    }

    private static void mismatch(JsonObject spec, FieldPath path, Findings findings) {
        findings.invalid(path.child("template", "metadata", "labels"), labels(spec),
                "`selector` does not match template `labels`");
    }
}
