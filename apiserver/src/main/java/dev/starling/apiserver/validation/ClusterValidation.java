package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The small kinds: nodes, namespaces, runtime classes, leases, endpoint slices, events, profiles. */
final class ClusterValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final int MOST_ENDPOINTS = 1_000;

    private ClusterValidation() {
    }

    static void checkNode(JsonObject object, Findings findings) {
        Set<String> seen = new HashSet<>();
        Findings.each(object.object("spec"), SPEC, "taints", (taint, path) -> {
            findings.formatted(taint, path, "key", Formats::qualifiedName);
            findings.format(path.child("value"), taint.text("value"), Formats::labelValue);
            if (taint.text("effect").isEmpty()) {
                findings.required(path.child("effect"), "");
            }
            if (!seen.add(taint.text("key") + ":" + taint.text("effect"))) {
                findings.duplicate(path, taint);
            }
        });
    }

    static void checkNamespace(JsonObject object, Findings findings) {
        int index = 0;
        for (String finalizer : object.object("spec").array("finalizers").texts()) {
            FieldPath path = SPEC.child("finalizers").index(index++);
            findings.format(path, finalizer, Formats::qualifiedName);
            if (!finalizer.contains("/") && !finalizer.equals("kubernetes")) {
                findings.invalid(path, finalizer,
                        "name is neither a standard finalizer name nor is it fully qualified");
            }
        }
    }

    static void checkRuntimeClass(JsonObject object, Findings findings) {
        findings.format(FieldPath.of("handler"), object.text("handler"), Formats::label);
        JsonObject scheduling = object.object("scheduling");
        MetadataValidation.labels(scheduling.object("nodeSelector"),
                FieldPath.of("scheduling").child("nodeSelector"), findings);
        ResourcesValidation.check(JsonObject.of("limits", object.object("overhead", "podFixed")),
                FieldPath.of("overhead"), findings);
    }

    static void checkRuntimeClassUpdate(JsonObject before, JsonObject after, Findings findings) {
        findings.immutable(FieldPath.of("handler"), before.at("handler"), after.at("handler"));
    }

    static void checkLease(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        Json duration = spec.at("leaseDurationSeconds");
        if (!duration.isNull() && duration.number(1) <= 0) {
            findings.invalid(SPEC.child("leaseDurationSeconds"), duration, "must be greater than 0");
        }
        findings.notNegative(spec, SPEC, "leaseTransitions");
        if (spec.has("holderIdentity") && spec.text("holderIdentity").isEmpty()) {
            findings.invalid(SPEC.child("holderIdentity"), "", "must not be empty");
        }
    }

    static void checkEndpointSlice(JsonObject object, Findings findings) {
        String type = object.text("addressType");
        if (type.isEmpty()) {
            findings.required(FieldPath.of("addressType"), "");
        }
        int size = object.array("endpoints").size();
        if (size > MOST_ENDPOINTS) {
            findings.add(FieldError.tooMany(FieldPath.of("endpoints"), size, MOST_ENDPOINTS));
            return;
        }
        Findings.each(object, FieldPath.ROOT, "endpoints",
                (endpoint, path) -> endpoint(endpoint, type, path, findings));
        Set<String> names = new HashSet<>();
        Findings.each(object, FieldPath.ROOT, "ports", (port, path) -> {
            findings.optional(port, path, "name", Formats::label);
            if (!names.add(port.text("name"))) {
                findings.duplicate(path.child("name"), new JsonString(port.text("name")));
            }
        });
    }

    private static void endpoint(JsonObject endpoint, String type, FieldPath path, Findings findings) {
        List<String> addresses = endpoint.array("addresses").texts();
        if (addresses.isEmpty()) {
            findings.required(path.child("addresses"), "must contain at least 1 address");
        }
        int index = 0;
        for (String address : addresses) {
            FieldPath here = path.child("addresses").index(index++);
            switch (type) {
                case "IPv4" -> {
                    if (!Formats.isIpv4(address)) {
                        findings.invalid(here, address, "must be an IPv4 address");
                    }
                }
                case "IPv6" -> {
                    if (!Formats.isIp(address) || Formats.isIpv4(address)) {
                        findings.invalid(here, address, "must be an IPv6 address");
                    }
                }
                default -> findings.format(here, address, Formats::subdomain);
            }
        }
        findings.optional(endpoint, path, "hostname", Formats::label);
        findings.optional(endpoint, path, "nodeName", Formats::subdomain);
    }

    static void checkEndpointSliceUpdate(JsonObject before, JsonObject after, Findings findings) {
        findings.immutable(FieldPath.of("addressType"), before.at("addressType"), after.at("addressType"));
    }

    static void checkProfile(JsonObject object, Findings findings) {
        Findings.each(object.object("spec"), SPEC, "selectors", (selector, path) -> {
            findings.optional(selector, path, "namespace", namespace -> Formats.label(withoutWildcards(namespace)));
            selector.object("labels").forEach((key, value) -> {
                findings.format(path.child("labels"), key, text -> Formats.qualifiedName(withoutWildcards(text)));
                findings.format(path.child("labels"), value.text(),
                        text -> Formats.labelValue(withoutWildcards(text)));
            });
        });
    }

    /** A letter stands in for each wildcard of a profile's selector. Source: the EKS user guide, Fargate profiles. */
    private static String withoutWildcards(String pattern) {
        return pattern.replace('*', 'a').replace('?', 'a');
    }
}
