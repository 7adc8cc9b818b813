package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import java.util.List;

/** Where a pod wants to be. */
final class AffinityValidation {
    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
    private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

    private AffinityValidation() {
    }

    static void check(JsonObject affinity, FieldPath path, Findings findings) {
        JsonObject node = affinity.object("nodeAffinity");
        FieldPath nodePath = path.child("nodeAffinity");
        if (node.has(REQUIRED)) {
            FieldPath here = nodePath.child(REQUIRED, "nodeSelectorTerms");
            if (node.object(REQUIRED).array("nodeSelectorTerms").isEmpty()) {
                findings.required(here, "must have at least one node selector term");
            }
            Findings.each(node.object(REQUIRED), nodePath.child(REQUIRED), "nodeSelectorTerms",
                    (term, place) -> nodeTerm(term, place, findings));
        }
        Findings.each(node, nodePath, PREFERRED, (one, here) -> {
            weight(one.at("weight"), here.child("weight"), findings);
            nodeTerm(one.object("preference"), here.child("preference"), findings);
        });
        for (String name : List.of("podAffinity", "podAntiAffinity")) {
            JsonObject pods = affinity.object(name);
            Findings.each(pods, path.child(name), REQUIRED, (term, here) -> podTerm(term, here, findings));
            Findings.each(pods, path.child(name), PREFERRED, (one, here) -> {
                weight(one.at("weight"), here.child("weight"), findings);
                podTerm(one.object("podAffinityTerm"), here.child("podAffinityTerm"), findings);
            });
        }
    }

    private static void weight(Json weight, FieldPath path, Findings findings) {
        if (weight.number(0) < 1 || weight.number(0) > 100) {
            findings.invalid(path, Json.of(weight.number(0)), "must be in the range 1-100");
        }
    }

    private static void nodeTerm(JsonObject term, FieldPath path, Findings findings) {
        for (String list : List.of("matchExpressions", "matchFields")) {
            Findings.each(term, path, list, (requirement, here) -> nodeRequirement(requirement, here, findings));
        }
    }

    private static void nodeRequirement(JsonObject requirement, FieldPath path, Findings findings) {
        int values = requirement.array("values").size();
        switch (requirement.text("operator")) {
            case "In", "NotIn" -> {
                if (values == 0) {
                    findings.required(path.child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
                }
            }
            case "Exists", "DoesNotExist" -> {
                if (values > 0) {
                    findings.forbidden(path.child("values"),
                            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                }
            }
            case "Gt", "Lt" -> {
                if (values != 1) {
                    findings.required(path.child("values"),
                            "must be specified single value when `operator` is 'Lt' or 'Gt'");
                }
            }
            default -> findings.invalid(path.child("operator"), requirement.text("operator"),
                    "not a valid selector operator");
        }
        findings.format(path.child("key"), requirement.text("key"), Formats::qualifiedName);
    }

    private static void podTerm(JsonObject term, FieldPath path, Findings findings) {
        for (String selector : List.of("labelSelector", "namespaceSelector")) {
            SelectorValidation.check(term.object(selector), path.child(selector), findings);
        }
        if (findings.present(term, path, "topologyKey", "can not be empty")) {
            findings.format(path.child("topologyKey"), term.text("topologyKey"), Formats::qualifiedName);
        }
    }
}
