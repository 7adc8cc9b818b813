package dev.starling.apiserver.admission.security;

import static dev.starling.apiserver.admission.security.Violation.containers;
import static dev.starling.apiserver.admission.security.Violation.plural;
import static dev.starling.apiserver.admission.security.Violation.quoted;
import static dev.starling.apiserver.admission.security.Violation.setters;

import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the standard {@code restricted} forbids beyond {@code baseline}. */
final class RestrictedChecks {
    private static final Set<String> VOLUMES = Set.of("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral",
            "image", "persistentVolumeClaim", "projected", "secret");
    private static final Set<String> OTHER_VOLUMES = Set.of("hostPath", "gcePersistentDisk", "awsElasticBlockStore",
            "gitRepo", "nfs", "iscsi", "glusterfs", "rbd", "flexVolume", "cinder", "cephfs", "flocker", "fc",
            "azureFile", "vsphereVolume", "quobyte", "azureDisk", "photonPersistentDisk", "portworxVolume",
            "scaleIO", "storageos");

    private RestrictedChecks() {
    }

    static Optional<Violation> privilegeEscalation(CheckedPod pod, int minor) {
        if (minor >= 25 && pod.isWindows()) {
            return Optional.empty();
        }
        var bad = pod.containersWith(context -> context.at("allowPrivilegeEscalation") != JsonBoolean.FALSE);
        return bad.isEmpty() ? Optional.empty() : Optional.of(new Violation("allowPrivilegeEscalation != false",
                containers(bad) + " must set securityContext.allowPrivilegeEscalation=false"));
    }

    static Optional<Violation> capabilities(CheckedPod pod, int minor) {
        if (minor >= 25 && pod.isWindows()) {
            return Optional.empty();
        }
        var details = new ArrayList<String>();
        var keeping = pod.containersWith(context -> !context.array("capabilities", "drop").texts().contains("ALL"));
        if (!keeping.isEmpty()) {
            details.add(containers(keeping) + " must set securityContext.capabilities.drop=[\"ALL\"]");
        }
        var adding = pod.containersWith(context -> !added(context).isEmpty());
        if (!adding.isEmpty()) {
            var names = pod.contexts().skip(1).flatMap(context -> added(context).stream())
                    .collect(Collectors.toCollection(TreeSet::new));
            details.add(containers(adding) + " must not include " + quoted(names)
                    + " in securityContext.capabilities.add");
        }
        return details.isEmpty() ? Optional.empty()
                : Optional.of(new Violation("unrestricted capabilities", String.join("; ", details)));
    }

    private static List<String> added(JsonObject context) {
        return context.array("capabilities", "add").texts().stream()
                .filter(name -> !name.equals("NET_BIND_SERVICE")).toList();
    }

    static Optional<Violation> volumes(CheckedPod pod, int minor) {
        var bad = pod.spec().array("volumes").objects().stream()
                .filter(volume -> volume.names().stream().noneMatch(VOLUMES::contains)).toList();
        if (bad.isEmpty()) {
            return Optional.empty();
        }
        var types = bad.stream().map(volume -> volume.names().stream().filter(OTHER_VOLUMES::contains).findFirst()
                .orElse("unknown")).collect(Collectors.toCollection(TreeSet::new));
        var names = bad.stream().map(volume -> volume.text("name")).toList();
        return Optional.of(new Violation("restricted volume types", plural("volume", names) + " " + quoted(names)
                + (names.size() == 1 ? " uses " : " use ") + plural("restricted volume type", types) + " "
                + quoted(types)));
    }

    static Optional<Violation> nonRoot(CheckedPod pod, int minor) {
        String reason = "runAsNonRoot != true";
        var ofPod = pod.context().at("runAsNonRoot");
        boolean denies = ofPod == JsonBoolean.FALSE;
        var explicit = pod.containersWith(context -> context.at("runAsNonRoot") == JsonBoolean.FALSE);
        if (denies || !explicit.isEmpty()) {
            return Optional.of(new Violation(reason,
                    setters(denies, explicit) + " must not set securityContext.runAsNonRoot=false"));
        }
        var silent = ofPod.flag() ? List.<String>of()
                : pod.containersWith(context -> !CheckedPod.given(context, "runAsNonRoot"));
        return silent.isEmpty() ? Optional.empty() : Optional.of(new Violation(reason,
                "pod or " + containers(silent) + " must set securityContext.runAsNonRoot=true"));
    }

    static Optional<Violation> rootUser(CheckedPod pod, int minor) {
        boolean whole = isRoot(pod.context());
        var bad = pod.containersWith(RestrictedChecks::isRoot);
        return !whole && bad.isEmpty() ? Optional.empty() : Optional.of(new Violation("runAsUser=0",
                setters(whole, bad) + " must not set runAsUser=0"));
    }

    private static boolean isRoot(JsonObject context) {
        return context.at("runAsUser").number(-1) == 0;
    }
}
