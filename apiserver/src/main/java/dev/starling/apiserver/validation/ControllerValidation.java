package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.LabelSelector;
import java.util.List;
import java.util.regex.Pattern;

/** StatefulSets, DaemonSets, ReplicationControllers and the budgets of their pods. */
final class ControllerValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final FieldPath STRATEGY = SPEC.child("updateStrategy", "rollingUpdate");
    private static final Pattern PERCENT = Pattern.compile("[0-9]+%");
    private static final List<String> CHANGEABLE = List.of("replicas", "ordinals", "template", "updateStrategy",
            "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds");

    private ControllerValidation() {
    }

    static void checkStatefulSet(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        findings.notNegative(spec, SPEC, "replicas", "minReadySeconds", "revisionHistoryLimit");
        findings.notNegative(spec.object("ordinals"), SPEC.child("ordinals"), "start");
        JsonObject strategy = spec.object("updateStrategy");
        if (strategy.text("type").equals("OnDelete") && strategy.has("rollingUpdate")) {
            findings.invalid(STRATEGY, strategy.at("rollingUpdate"),
                    "only allowed for updateStrategy 'RollingUpdate'");
        }
        findings.notNegative(strategy.object("rollingUpdate"), STRATEGY, "partition");
        selector(spec, "statefulset", findings);
        template(spec, "StatefulSet", findings);
    }

    static void checkStatefulSetUpdate(JsonObject before, JsonObject after, Findings findings) {
        JsonObject old = before.object("spec");
        JsonObject wanted = after.object("spec");
        for (String field : CHANGEABLE) {
            old = old.without(field);
            wanted = wanted.without(field);
        }
        if (!old.equals(wanted)) {
            findings.forbidden(SPEC, "updates to statefulset spec for fields other than 'replicas', 'ordinals', "
                    + "'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' "
                    + "and 'minReadySeconds' are forbidden");
        }
    }

    static void checkDaemonSet(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        selector(spec, "daemonset", findings);
        template(spec, "DaemonSet", findings);
        findings.notNegative(spec, SPEC, "minReadySeconds", "revisionHistoryLimit");
        JsonObject strategy = spec.object("updateStrategy");
        if (!strategy.text("type").equals("RollingUpdate")) {
            return;
        }
        JsonObject update = strategy.object("rollingUpdate");
        for (String field : List.of("maxUnavailable", "maxSurge")) {
            amount(update.at(field), STRATEGY.child(field), findings);
        }
        boolean unavailable = size(update.at("maxUnavailable")) != 0;
        boolean surge = size(update.at("maxSurge")) != 0;
        if (unavailable && surge) {
            findings.invalid(STRATEGY.child("maxSurge"), update.at("maxSurge"),
                    "may not be set when maxUnavailable is non-zero");
        } else if (!unavailable && !surge) {
            findings.required(STRATEGY.child("maxUnavailable"), "cannot be 0 when maxSurge is 0");
        }
    }

    static void checkDaemonSetUpdate(JsonObject before, JsonObject after, Findings findings) {
        findings.immutable(SPEC.child("selector"), before.at("spec", "selector"), after.at("spec", "selector"));
    }

    static void checkReplicationController(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        findings.notNegative(spec, SPEC, "minReadySeconds", "replicas");
        JsonObject selector = spec.object("selector");
        if (selector.isEmpty()) {
            findings.required(SPEC.child("selector"), "");
        }
        if (spec.at("template").isNull()) {
            findings.required(SPEC.child("template"), "");
            return;
        }
        var labels = spec.object("template", "metadata", "labels");
        if (!labels.texts().entrySet().containsAll(selector.texts().entrySet())) {
            mismatch(labels, findings);
        }
        template(spec, "ReplicationController", findings);
    }

    static void checkPodTemplate(JsonObject object, Findings findings) {
        PodValidation.checkTemplate(object.object("template"), FieldPath.of("template"), findings);
    }

    static void checkBudget(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        if (spec.has("minAvailable") && spec.has("maxUnavailable")) {
            findings.invalid(SPEC, spec, "minAvailable and maxUnavailable cannot be both set");
        }
        for (String field : List.of("minAvailable", "maxUnavailable")) {
            if (spec.has(field)) {
                amount(spec.at(field), SPEC.child(field), findings);
            }
        }
        SelectorValidation.check(spec.object("selector"), SPEC.child("selector"), findings);
    }

    private static void selector(JsonObject spec, String kind, Findings findings) {
        FieldPath path = SPEC.child("selector");
        if (spec.at("selector").isNull()) {
            findings.required(path, "");
            return;
        }
        JsonObject selector = spec.object("selector");
        SelectorValidation.check(selector, path, findings);
        if (selector.object("matchLabels").isEmpty() && selector.array("matchExpressions").isEmpty()) {
            findings.invalid(path, selector, "empty selector is invalid for " + kind);
        }
        JsonObject labels = spec.object("template", "metadata", "labels");
        try {
            if (!LabelSelector.from(selector).matches(labels.texts())) {
                mismatch(labels, findings);
            }
        } catch (IllegalArgumentException e) {
            findings.invalid(path, selector, e.getMessage());
        }
    }

    private static void mismatch(JsonObject labels, Findings findings) {
        findings.invalid(SPEC.child("template", "metadata", "labels"), labels,
                "`selector` does not match template `labels`");
    }

    private static void template(JsonObject spec, String kind, Findings findings) {
        FieldPath path = SPEC.child("template");
        PodValidation.checkTemplate(spec.object("template"), path, findings);
        JsonObject pod = spec.object("template", "spec");
        findings.supported(path.child("spec", "restartPolicy"), pod.text("restartPolicy"), List.of("Always"));
        if (pod.has("activeDeadlineSeconds")) {
            findings.forbidden(path.child("spec", "activeDeadlineSeconds"),
                    "activeDeadlineSeconds in " + kind + " is not Supported");
        }
    }

    /** A number from zero or a percentage up to 100%. */
    private static void amount(Json value, FieldPath path, Findings findings) {
        if (value instanceof JsonLong(var number)) {
            if (number < 0) {
                findings.invalid(path, value, "must be greater than or equal to 0");
            }
        } else if (!PERCENT.matcher(value.text()).matches()) {
            findings.invalid(path, value, "a valid percent string must be a numeric string followed by an ending '%' "
                    + "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')");
        } else if (size(value) > 100) {
            findings.invalid(path, value, "must not be greater than 100%");
        }
    }

    private static long size(Json value) {
        String text = value.text();
        return PERCENT.matcher(text).matches() && text.length() < 10
                ? Long.parseLong(text.substring(0, text.length() - 1)) : value.number(text.isEmpty() ? 0 : 101);
    }
}
