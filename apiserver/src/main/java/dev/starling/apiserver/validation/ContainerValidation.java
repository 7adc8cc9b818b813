package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The containers of a pod: one look at each, with the names that others have taken already. */
final class ContainerValidation {
    /** What no ephemeral container has. */
    private static final List<String> UNFIT = List.of("ports", "resources", "resizePolicy", "restartPolicy",
            "restartPolicyRules", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle");

    private final Set<String> volumes;
    private final Findings findings;
    private final Set<String> names = new HashSet<>();

    ContainerValidation(Set<String> volumes, Findings findings) {
        this.volumes = volumes;
        this.findings = findings;
    }

    void check(JsonObject spec, FieldPath path) {
        if (spec.array("containers").isEmpty()) {
            findings.required(path.child("containers"), "");
        }
        Findings.each(spec, path, "containers", this::container);
        hostPorts(spec.array("containers"), path.child("containers"));
        Findings.each(spec, path, "initContainers", this::initContainer);
        var targets = Stream.of("containers", "initContainers").flatMap(list -> spec.array(list).objects().stream())
                .map(container -> container.text("name")).collect(Collectors.toSet());
        Findings.each(spec, path, "ephemeralContainers", (container, here) -> ephemeral(container, targets, here));
    }

    /** It lasts no longer than somebody looks, so nothing may depend on it. */
    private void ephemeral(JsonObject container, Set<String> targets, FieldPath path) {
        container(container, path);
        String target = container.text("targetContainerName");
        if (!target.isEmpty() && !targets.contains(target)) {
            findings.add(FieldError.notFound(path.child("targetContainerName"), new JsonString(target)));
        }
        UNFIT.stream().filter(field -> !isUnset(container.at(field))).forEach(field ->
                findings.forbidden(path.child(field), "cannot be set for an Ephemeral Container"));
        Findings.each(container, path, "volumeMounts", (mount, here) -> {
            for (String field : List.of("subPath", "subPathExpr")) {
                if (!mount.text(field).isEmpty()) {
                    findings.forbidden(here.child(field), "cannot be set for an Ephemeral Container");
                }
            }
        });
    }

    private static boolean isUnset(Json value) {
        return value.isNull() || value.text().isEmpty() && value.object().isEmpty() && value.array().isEmpty();
    }

    private void initContainer(JsonObject container, FieldPath path) {
        container(container, path);
        if (!container.text("restartPolicy").equals("Always")) {
            ProbeValidation.checkAbsent(container, path, findings);
        }
    }

    private void container(JsonObject container, FieldPath path) {
        String name = container.text("name");
        findings.formatted(container, path, "name", Formats::label);
        if (!name.isEmpty() && !names.add(name)) {
            findings.duplicate(path.child("name"), new JsonString(name));
        }
        String image = container.text("image");
        if (findings.present(container, path, "image") && !image.equals(image.strip())) {
            findings.invalid(path.child("image"), image, "must not have leading or trailing whitespace");
        }
        ports(container, path);
        EnvironmentValidation.check(container, path, findings);
        VolumeValidation.mounts(container, volumes, path, findings);
        ProbeValidation.check(container, path, findings);
        ResourcesValidation.check(container.object("resources"), path.child("resources"), findings);
        security(container, path.child("securityContext"));
    }

    private void ports(JsonObject container, FieldPath path) {
        Set<String> portNames = new HashSet<>();
        Findings.each(container, path, "ports", (port, here) -> {
            String name = port.text("name");
            findings.optional(port, here, "name", Formats::portName);
            if (!name.isEmpty() && !portNames.add(name)) {
                findings.duplicate(here.child("name"), new JsonString(name));
            }
            if (port.at("containerPort").number(0) == 0) {
                findings.required(here.child("containerPort"), "");
            } else {
                findings.inRange(port.at("containerPort"), here.child("containerPort"), 1, 65_535);
            }
            if (port.at("hostPort").number(0) != 0) {
                findings.inRange(port.at("hostPort"), here.child("hostPort"), 1, 65_535);
            }
        });
    }

    private void hostPorts(JsonArray containers, FieldPath path) {
        Set<String> taken = new HashSet<>();
        int index = 0;
        for (JsonObject container : containers.objects()) {
            Findings.each(container, path.index(index++), "ports", (port, here) -> {
                long number = port.at("hostPort").number(0);
                String key = port.text("protocol") + "/" + port.text("hostIP") + "/" + number;
                if (number != 0 && !taken.add(key)) {
                    findings.duplicate(here.child("hostPort"), new JsonString(key));
                }
            });
        }
    }

    private void security(JsonObject container, FieldPath path) {
        JsonObject security = container.object("securityContext");
        for (String field : List.of("runAsUser", "runAsGroup")) {
            findings.inRange(security.at(field), path.child(field), 0, Integer.MAX_VALUE);
        }
        Json escalation = security.at("allowPrivilegeEscalation");
        if (!escalation.isNull() && !escalation.flag() && security.flag("privileged")) {
            findings.invalid(path, security, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
        }
    }
}
