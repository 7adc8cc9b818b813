package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The environment variables of a container and where their values come from. */
final class EnvironmentValidation {
    private static final List<String> SOURCES =
            List.of("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef");
    private static final List<String> FIELDS = List.of("metadata.name", "metadata.namespace", "metadata.uid",
            "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP",
            "status.podIPs");
    private static final Pattern SUBSCRIPT = Pattern.compile("metadata\\.(labels|annotations)\\['(.+)'\\]");
    private static final Set<String> RESOURCES = Set.of("limits.cpu", "limits.memory", "limits.ephemeral-storage",
            "requests.cpu", "requests.memory", "requests.ephemeral-storage");

    private EnvironmentValidation() {
    }

    static void check(JsonObject container, FieldPath path, Findings findings) {
        Findings.each(container, path, "env", (variable, here) -> {
            findings.formatted(variable, here, "name", Formats::environmentName);
            if (variable.has("valueFrom")) {
                source(variable, here.child("valueFrom"), findings);
            }
        });
        Findings.each(container, path, "envFrom", (source, here) -> {
            findings.optional(source, here, "prefix", Formats::environmentName);
            boolean map = source.has("configMapRef");
            boolean secret = source.has("secretRef");
            if (map == secret) {
                findings.invalid(here, new JsonString(""), map ? "may not have more than one field specified at a time"
                        : "must specify one of: `configMapRef` or `secretRef`");
                return;
            }
            String reference = map ? "configMapRef" : "secretRef";
            findings.formatted(source.object(reference), here.child(reference), "name", Formats::subdomain);
        });
    }

    private static void source(JsonObject variable, FieldPath path, Findings findings) {
        JsonObject source = variable.object("valueFrom");
        List<String> given = SOURCES.stream().filter(source::has).toList();
        if (!variable.text("value").isEmpty()) {
            findings.invalid(path, "", "may not be specified when `value` is not empty");
        }
        if (given.isEmpty()) {
            findings.invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or "
                    + "`secretKeyRef`");
            return;
        }
        if (given.size() > 1) {
            findings.invalid(path, "", "may not have more than one field specified at a time");
        }
        JsonObject reference = source.object(given.getFirst());
        FieldPath here = path.child(given.getFirst());
        switch (given.getFirst()) {
            case "fieldRef" -> field(reference, here, findings);
            case "resourceFieldRef" -> resource(reference, here, findings);
            case "configMapKeyRef", "secretKeyRef" -> {
                findings.formatted(reference, here, "name", Formats::subdomain);
                findings.formatted(reference, here, "key", Formats::configKey);
            }
            default -> findings.present(reference, here, "path");
        }
    }

    private static void field(JsonObject reference, FieldPath path, Findings findings) {
        if (!findings.present(reference, path, "fieldPath")) {
            return;
        }
        String field = reference.text("fieldPath");
        var subscript = SUBSCRIPT.matcher(field);
        if (subscript.matches()) {
            findings.format(path, subscript.group(2), Formats::qualifiedName);
        } else {
            findings.supported(path.child("fieldPath"), field, FIELDS);
        }
    }

    private static void resource(JsonObject reference, FieldPath path, Findings findings) {
        String resource = reference.text("resource");
        boolean known = RESOURCES.contains(resource) || resource.startsWith("limits.hugepages-")
                || resource.startsWith("requests.hugepages-");
        if (findings.present(reference, path, "resource") && !known) {
            findings.supported(path.child("resource"), resource, RESOURCES.stream().sorted().toList());
        }
        if (reference.at("divisor") != JsonNull.NULL && reference.text("divisor").startsWith("-")) {
            findings.invalid(path.child("divisor"), reference.at("divisor"), "must be greater than or equal to 0");
        }
    }
}
