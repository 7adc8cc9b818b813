package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The spec of a pod and of a template of pods. */
final class PodValidation {
    private PodValidation() {
    }

    static void check(JsonObject pod, Findings findings) {
        checkSpec(pod.object("spec"), FieldPath.of("spec"), findings);
    }

    static void checkTemplate(JsonObject template, FieldPath path, Findings findings) {
        MetadataValidation.check(template.object("metadata"), path.child("metadata"), findings);
        checkSpec(template.object("spec"), path.child("spec"), findings);
        if (!template.object("spec").array("ephemeralContainers").isEmpty()) {
            findings.forbidden(path.child("spec", "ephemeralContainers"),
                    "ephemeral containers not allowed in pod template");
        }
    }

    static void checkSpec(JsonObject spec, FieldPath path, Findings findings) {
        Set<String> volumes = VolumeValidation.check(spec, path, findings);
        new ContainerValidation(volumes, findings).check(spec, path);
        MetadataValidation.labels(spec.object("nodeSelector"), path.child("nodeSelector"), findings);
        for (String field : List.of("serviceAccountName", "nodeName", "priorityClassName", "runtimeClassName")) {
            findings.optional(spec, path, field, Formats::subdomain);
        }
        findings.optional(spec, path, "hostname", Formats::label);
        findings.optional(spec, path, "subdomain", Formats::label);
        findings.inRange(spec.at("activeDeadlineSeconds"), path.child("activeDeadlineSeconds"), 1, Integer.MAX_VALUE);
        findings.notNegative(spec, path, "terminationGracePeriodSeconds");
        dns(spec, path, findings);
        security(spec.object("securityContext"), path.child("securityContext"), findings);
        Findings.each(spec, path, "tolerations", (one, here) -> toleration(one, here, findings));
        Findings.each(spec, path, "hostAliases", (alias, here) -> alias(alias, here, findings));
        Findings.each(spec, path, "topologySpreadConstraints", (one, here) -> spread(one, here, findings));
        AffinityValidation.check(spec.object("affinity"), path.child("affinity"), findings);
        gates(spec, path, findings);
    }

    private static void dns(JsonObject spec, FieldPath path, Findings findings) {
        boolean none = spec.text("dnsPolicy").equals("None");
        JsonObject config = spec.object("dnsConfig");
        FieldPath here = path.child("dnsConfig");
        if (none && !spec.has("dnsConfig")) {
            findings.required(here, "must provide `dnsConfig` when `dnsPolicy` is None");
        } else if (none && config.array("nameservers").isEmpty()) {
            findings.required(here.child("nameservers"),
                    "must provide at least one DNS nameserver when `dnsPolicy` is None");
        }
        int index = 0;
        for (String server : config.array("nameservers").texts()) {
            FieldPath place = here.child("nameservers").index(index++);
            if (!Formats.isIp(server)) {
                findings.invalid(place, server, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
            }
        }
        Findings.each(config, here, "options", (option, place) -> {
            if (option.text("name").isEmpty()) {
                findings.required(place, "must not be empty");
            }
        });
    }

    private static void security(JsonObject security, FieldPath path, Findings findings) {
        for (String field : List.of("runAsUser", "runAsGroup", "fsGroup")) {
            findings.inRange(security.at(field), path.child(field), 0, Integer.MAX_VALUE);
        }
        Findings.each(security, path, "sysctls", (sysctl, here) -> findings.present(sysctl, here, "name"));
    }

    private static void toleration(JsonObject toleration, FieldPath path, Findings findings) {
        String operator = toleration.text("operator");
        findings.optional(toleration, path, "key", Formats::qualifiedName);
        if (toleration.text("key").isEmpty() && !operator.equals("Exists")) {
            findings.invalid(path.child("operator"), operator, "operator must be Exists when `key` is empty, which "
                    + "means \"match all values and all keys\"");
        }
        if (toleration.has("tolerationSeconds") && !toleration.text("effect").equals("NoExecute")) {
            findings.invalid(path.child("effect"), toleration.text("effect"),
                    "effect must be 'NoExecute' when `tolerationSeconds` is set");
        }
        if (operator.equals("Exists") && !toleration.text("value").isEmpty()) {
            findings.invalid(path.child("operator"), toleration,
                    "value must be empty when `operator` is 'Exists'");
        } else if (operator.isEmpty() || operator.equals("Equal")) {
            findings.format(path.child("operator"), toleration.text("value"), Formats::labelValue);
        }
    }

    private static void alias(JsonObject alias, FieldPath path, Findings findings) {
        if (!Formats.isIp(alias.text("ip"))) {
            findings.invalid(path.child("ip"), alias.text("ip"),
                    "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        }
        alias.array("hostnames").texts().forEach(name ->
                findings.format(path.child("hostnames"), name, Formats::subdomain));
    }

    private static void spread(JsonObject constraint, FieldPath path, Findings findings) {
        if (constraint.at("maxSkew").number(0) <= 0) {
            findings.invalid(path.child("maxSkew"), Json.of(constraint.at("maxSkew").number(0)),
                    "must be greater than zero");
        }
        findings.present(constraint, path, "topologyKey", "can not be empty");
        findings.supported(path.child("whenUnsatisfiable"), constraint.text("whenUnsatisfiable"),
                List.of("DoNotSchedule", "ScheduleAnyway"));
        SelectorValidation.check(constraint.object("labelSelector"), path.child("labelSelector"), findings);
    }

    private static void gates(JsonObject spec, FieldPath path, Findings findings) {
        Set<String> names = new HashSet<>();
        Findings.each(spec, path, "schedulingGates", (gate, here) -> {
            findings.format(here, gate.text("name"), Formats::qualifiedName);
            if (!names.add(gate.text("name"))) {
                findings.duplicate(here, gate.at("name"));
            }
        });
    }
}
