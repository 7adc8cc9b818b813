package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import java.util.List;

/** Probes and lifecycle hooks of a container. */
final class ProbeValidation {
    private static final List<String> PROBES = List.of("livenessProbe", "readinessProbe", "startupProbe");
    private static final List<String> HOOKS = List.of("postStart", "preStop");
    private static final List<String> HANDLERS = List.of("exec", "httpGet", "tcpSocket", "grpc", "sleep");

    private ProbeValidation() {
    }

    static void check(JsonObject container, FieldPath path, Findings findings) {
        for (String name : PROBES) {
            container.find(name).ifPresent(probe -> probe(name, probe.object(), path.child(name), findings));
        }
        for (String name : HOOKS) {
            container.object("lifecycle").find(name).ifPresent(hook ->
                    handler(hook.object(), path.child("lifecycle", name), findings));
        }
    }

    /** Init containers that end have no probes and no hooks. */
    static void checkAbsent(JsonObject container, FieldPath path, Findings findings) {
        for (String name : List.of("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")) {
            if (container.has(name)) {
                findings.forbidden(path.child(name), "may not be set for init containers without restartPolicy=Always");
            }
        }
    }

    private static void probe(String name, JsonObject probe, FieldPath path, Findings findings) {
        handler(probe, path, findings);
        findings.notNegative(probe, path, "initialDelaySeconds", "timeoutSeconds", "periodSeconds",
                "successThreshold", "failureThreshold");
        Json grace = probe.at("terminationGracePeriodSeconds");
        if (!grace.isNull() && name.equals("readinessProbe")) {
            findings.invalid(path.child("terminationGracePeriodSeconds"), grace,
                    "must not be set for readinessProbes");
        } else if (!grace.isNull() && grace.number(1) <= 0) {
            findings.invalid(path.child("terminationGracePeriodSeconds"), grace, "must be greater than 0");
        }
        if (!name.equals("readinessProbe") && probe.at("successThreshold").number(1) != 1) {
            findings.invalid(path.child("successThreshold"), probe.at("successThreshold"), "must be 1");
        }
    }

    private static void handler(JsonObject owner, FieldPath path, Findings findings) {
        List<String> given = HANDLERS.stream().filter(owner::has).toList();
        if (given.isEmpty()) {
            findings.required(path, "must specify a handler type");
            return;
        }
        given.stream().skip(1).forEach(name ->
                findings.forbidden(path.child(name), "may not specify more than 1 handler type"));
        String name = given.getFirst();
        JsonObject action = owner.object(name);
        FieldPath here = path.child(name);
        switch (name) {
            case "exec" -> {
                if (action.array("command").isEmpty()) {
                    findings.required(here.child("command"), "");
                }
            }
            case "httpGet" -> {
                findings.present(action, here, "path");
                findings.portOrName(action.at("port"), here.child("port"));
                Findings.each(action, here, "httpHeaders", (header, place) -> findings.format(place.child("name"),
                        header.text("name"), ProbeValidation::headerName));
            }
            case "tcpSocket", "grpc" -> findings.portOrName(action.at("port"), here.child("port"));
            default -> findings.notNegative(action, here, "seconds");
        }
    }

    private static List<String> headerName(String name) {
        return name.matches("[-A-Za-z0-9]+") ? List.of() : List.of("a valid HTTP header must consist of alphanumeric "
                + "characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')");
    }
}
