package dev.starling.apiserver.admission.security;

import static dev.starling.apiserver.admission.security.Violation.plural;
import static dev.starling.apiserver.admission.security.Violation.quoted;
import static dev.starling.apiserver.admission.security.Violation.setters;

import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Which profiles of seccomp and AppArmor the standards forbid. */
final class ProfileChecks {
    private static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";
    private static final String SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod";
    private static final String SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/";

    private ProfileChecks() {
    }

    private static boolean isForbidden(JsonObject context, String profile) {
        return CheckedPod.given(context, profile) && !isAllowed(context.text(profile, "type"));
    }

    private static boolean isAllowed(String type) {
        return type.equals("RuntimeDefault") || type.equals("Localhost");
    }

    private static TreeSet<String> forbidden(CheckedPod pod, String profile) {
        return pod.contexts().filter(context -> isForbidden(context, profile))
                .map(context -> context.text(profile, "type")).collect(Collectors.toCollection(TreeSet::new));
    }

    static Optional<Violation> appArmor(CheckedPod pod, int minor) {
        String profile = "appArmorProfile";
        var values = new ArrayList<>(forbidden(pod, profile));
        var annotations = annotations(pod, key -> key.startsWith(APP_ARMOR), value -> value.isEmpty()
                || value.equals("runtime/default") || value.startsWith("localhost/"));
        values.addAll(annotations);
        var who = new ArrayList<String>();
        var containers = pod.containersWith(context -> isForbidden(context, profile));
        if (isForbidden(pod.context(), profile) || !containers.isEmpty()) {
            who.add(setters(isForbidden(pod.context(), profile), containers));
        }
        if (!annotations.isEmpty()) {
            who.add(plural("annotation", annotations));
        }
        return who.isEmpty() ? Optional.empty() : Optional.of(new Violation(
                plural("forbidden AppArmor profile", values), String.join(" and ", who)
                + " must not set AppArmor profile type to " + quoted(values)));
    }

    /** The annotations of some keys whose values are not allowed, in order: {@code key="value"}. */
    private static List<String> annotations(CheckedPod pod, Predicate<String> keys, Predicate<String> allowed) {
        return pod.annotations().entrySet().stream().sorted(Map.Entry.comparingByKey())
                .filter(each -> keys.test(each.getKey()) && !allowed.test(each.getValue()))
                .map(each -> each.getKey() + "=\"" + each.getValue() + '"').toList();
    }

    /** Up to 1.18 by annotations, since then by fields. */
    static Optional<Violation> seccomp(CheckedPod pod, int minor) {
        if (minor < 19) {
            var bad = annotations(pod, key -> key.equals(SECCOMP_POD) || isContainers(pod, key),
                    value -> value.equals("runtime/default") || value.equals("docker/default")
                            || value.startsWith("localhost/"));
            return bad.isEmpty() ? Optional.empty() : Optional.of(new Violation("seccompProfile",
                    "forbidden " + plural("annotation", bad) + " " + String.join(", ", bad)));
        }
        boolean whole = isForbidden(pod.context(), "seccompProfile");
        var bad = pod.containersWith(context -> isForbidden(context, "seccompProfile"));
        return !whole && bad.isEmpty() ? Optional.empty() : Optional.of(new Violation("seccompProfile",
                setters(whole, bad) + " must not set securityContext.seccompProfile.type to "
                + quoted(forbidden(pod, "seccompProfile"))));
    }

    private static boolean isContainers(CheckedPod pod, String key) {
        return key.startsWith(SECCOMP_CONTAINER) && pod.containers().stream()
                .anyMatch(container -> key.equals(SECCOMP_CONTAINER + container.text("name")));
    }

    /** The standard {@code restricted} wants a profile. */
    static Optional<Violation> seccompWanted(CheckedPod pod, int minor) {
        if (minor >= 25 && pod.isWindows()) {
            return Optional.empty();
        }
        var explicit = seccomp(pod, minor);
        if (explicit.isPresent() || CheckedPod.given(pod.context(), "seccompProfile")) {
            return explicit;
        }
        var silent = pod.containersWith(context -> !CheckedPod.given(context, "seccompProfile"));
        return silent.isEmpty() ? Optional.empty() : Optional.of(new Violation("seccompProfile",
                "pod or " + Violation.containers(silent)
                + " must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\""));
    }
}
