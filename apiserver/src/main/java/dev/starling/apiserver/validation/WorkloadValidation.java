package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import java.util.List;
import java.util.regex.Pattern;

/** Deployments and ReplicaSets. */
final class WorkloadValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final Pattern PERCENT = Pattern.compile("[0-9]+%");

    private WorkloadValidation() {
    }

    static void checkReplicaSet(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        findings.notNegative(spec, SPEC, "replicas", "minReadySeconds");
        SelectorValidation.checkWorkload(spec, SPEC, findings);
        template(spec, findings);
    }

    static void checkDeployment(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        findings.notNegative(spec, SPEC, "replicas");
        SelectorValidation.checkWorkload(spec, SPEC, findings);
        template(spec, findings);
        strategy(spec.object("strategy"), SPEC.child("strategy"), findings);
        findings.notNegative(spec, SPEC, "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds");
        Json deadline = spec.at("progressDeadlineSeconds");
        if (!deadline.isNull() && deadline.number(0) <= spec.at("minReadySeconds").number(0)) {
            findings.invalid(SPEC.child("progressDeadlineSeconds"), deadline, "must be greater than minReadySeconds");
        }
    }

    static void checkUpdate(JsonObject before, JsonObject after, Findings findings) {
        findings.immutable(SPEC.child("selector"), before.at("spec", "selector"), after.at("spec", "selector"));
    }

    private static void template(JsonObject spec, Findings findings) {
        FieldPath path = SPEC.child("template");
        PodValidation.checkTemplate(spec.object("template"), path, findings);
        JsonObject pod = spec.object("template", "spec");
        if (!pod.text("restartPolicy").equals("Always")) {
            findings.supported(path.child("spec", "restartPolicy"), pod.text("restartPolicy"), List.of("Always"));
        }
        if (pod.has("activeDeadlineSeconds")) {
            findings.forbidden(path.child("spec", "activeDeadlineSeconds"),
                    "activeDeadlineSeconds in ReplicaSet is not Supported");
        }
    }

    private static void strategy(JsonObject strategy, FieldPath path, Findings findings) {
        if (strategy.text("type").equals("Recreate") && strategy.has("rollingUpdate")) {
            findings.forbidden(path.child("rollingUpdate"),
                    "may not be specified when strategy `type` is 'Recreate'");
        } else if (strategy.text("type").equals("RollingUpdate")) {
            JsonObject update = strategy.object("rollingUpdate");
            FieldPath here = path.child("rollingUpdate");
            count(update.at("maxUnavailable"), here.child("maxUnavailable"), findings);
            count(update.at("maxSurge"), here.child("maxSurge"), findings);
            if (amount(update.at("maxUnavailable")) == 0 && amount(update.at("maxSurge")) == 0) {
                findings.invalid(here.child("maxUnavailable"), update.at("maxUnavailable"),
                        "may not be 0 when `maxSurge` is 0");
            }
            if (isPercent(update.at("maxUnavailable")) && amount(update.at("maxUnavailable")) > 100) {
                findings.invalid(here.child("maxUnavailable"), update.at("maxUnavailable"),
                        "must not be greater than 100%");
            }
        }
    }

    private static void count(Json value, FieldPath path, Findings findings) {
        if (value instanceof JsonLong(var number) && number < 0) {
            findings.invalid(path, value, "must be greater than or equal to 0");
        } else if (!(value instanceof JsonLong) && !isPercent(value)) {
            findings.invalid(path, value, "a valid percent string must be a numeric string followed by an ending '%' "
                    + "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')");
        }
    }

    private static boolean isPercent(Json value) {
        return PERCENT.matcher(value.text()).matches();
    }

    private static long amount(Json value) {
        String text = value.text();
        return isPercent(value) && text.length() < 10 ? Long.parseLong(text.substring(0, text.length() - 1))
                : value.number(Integer.MAX_VALUE);
    }
}
