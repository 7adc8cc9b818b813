package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What an update of a pod may change: images, its deadline, more tolerations, fewer gates, labels, and no more. */
final class PodUpdateValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final String CHANGEABLE = "`spec.containers[*].image`,`spec.initContainers[*].image`,"
            + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
            + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    private PodUpdateValidation() {
    }

    static void check(JsonObject before, JsonObject after, Findings findings) {
        JsonObject old = before.object("spec");
        JsonObject spec = after.object("spec");
        for (String list : List.of("containers", "initContainers")) {
            if (old.array(list).size() != spec.array(list).size()) {
                findings.forbidden(SPEC.child(list), list.equals("containers")
                        ? "pod updates may not add or remove containers"
                        : "pod updates may not add or remove init containers");
                return;
            }
        }
        deadline(old.at("activeDeadlineSeconds"), spec.at("activeDeadlineSeconds"), findings);
        tolerations(old.array("tolerations"), spec.array("tolerations"), findings);
        gates(old, spec, findings);
        JsonObject allowed = allowed(old, spec);
        if (!allowed.equals(spec)) {
            findings.forbidden(SPEC, "pod updates may not change fields other than " + CHANGEABLE + "\n"
                    + difference(allowed, spec));
        }
    }

    /** The old spec with every change that is allowed. */
    private static JsonObject allowed(JsonObject old, JsonObject spec) {
        JsonObject allowed = old;
        for (String list : List.of("containers", "initContainers")) {
            if (old.has(list)) {
                allowed = allowed.with(list, withImages(old.array(list), spec.array(list)));
            }
        }
        for (String field : List.of("activeDeadlineSeconds", "tolerations", "schedulingGates")) {
            allowed = spec.has(field) ? allowed.with(field, spec.at(field)) : allowed.without(field);
        }
        boolean negative = old.at("terminationGracePeriodSeconds").number(0) < 0;
        return negative && spec.at("terminationGracePeriodSeconds").number(0) == 1
                ? allowed.with("terminationGracePeriodSeconds", new JsonLong(1)) : allowed;
    }

    private static Json withImages(JsonArray old, JsonArray containers) {
        List<Json> changed = new ArrayList<>();
        for (int i = 0; i < old.size(); i++) {
            changed.add(old.at(i).object().with("image", containers.at(i).object().at("image")));
        }
        return JsonArray.of(changed);
    }

    private static void deadline(Json old, Json deadline, Findings findings) {
        FieldPath path = SPEC.child("activeDeadlineSeconds");
        if (old.isNull()) {
            return;
        }
        if (deadline.isNull()) {
            findings.invalid(path, JsonNull.NULL, "must not update from a positive integer to nil value");
        } else if (deadline.number(0) > old.number(0)) {
            findings.invalid(path, deadline, "must be less than or equal to previous value");
        }
    }

    private static void tolerations(JsonArray old, JsonArray tolerations, Findings findings) {
        Set<Json> kept = new LinkedHashSet<>();
        tolerations.objects().forEach(toleration -> kept.add(toleration.without("tolerationSeconds")));
        if (!old.objects().stream().allMatch(one -> kept.contains(one.without("tolerationSeconds")))) {
            findings.forbidden(SPEC.child("tolerations"),
                    "existing toleration can not be modified except its tolerationSeconds");
        }
    }

    private static void gates(JsonObject old, JsonObject spec, Findings findings) {
        Set<Json> before = new LinkedHashSet<>(old.array("schedulingGates").values());
        spec.array("schedulingGates").forEach(gate -> {
            if (!before.contains(gate)) {
                findings.forbidden(SPEC.child("schedulingGates"),
                        "only deletion is allowed, but found new scheduling gate '" + gate.object().text("name") + "'");
            }
        });
    }

    /** One line each for what was and what should be, of every field that differs. */
    private static String difference(JsonObject old, JsonObject spec) {
        Set<String> names = new LinkedHashSet<>(old.names());
        names.addAll(spec.names());
        StringBuilder lines = new StringBuilder();
        for (String name : names) {
            Json was = old.at(name);
            Json is = spec.at(name);
            if (!was.equals(is)) {
                lines.append("- \t").append(name).append(": ").append(was).append(",\n");
                lines.append("+ \t").append(name).append(": ").append(is).append(",\n");
            }
        }
        return lines.toString();
    }
}
