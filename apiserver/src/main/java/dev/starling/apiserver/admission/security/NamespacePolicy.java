package dev.starling.apiserver.admission.security;

import dev.starling.apiserver.admission.security.Standard.Level;
import dev.starling.kube.api.ApiException.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the labels of a namespace ask for.
 *
 * @param wrong labels that could not be understood
 */
record NamespacePolicy(Standard enforce, Standard audit, Standard warn, List<Cause> wrong) {
    private static final String PREFIX = "pod-security.kubernetes.io/";
    private static final Pattern VERSION = Pattern.compile("v1\\.(0|[1-9][0-9]{0,8})");
    private static final Standard OPEN = new Standard(Level.PRIVILEGED, Standard.LATEST);
    private static final NamespacePolicy NONE = new NamespacePolicy(OPEN, OPEN, OPEN, List.of());

    static NamespacePolicy of(Map<String, String> labels) {
        if (labels.keySet().stream().noneMatch(key -> key.startsWith(PREFIX))) {
            return NONE;
        }
        var wrong = new ArrayList<Cause>();
        boolean enforces = level(labels.getOrDefault(PREFIX + "enforce", "")).isPresent();
        var enforce = standard(labels, "enforce", Level.RESTRICTED, wrong);
        var audit = standard(labels, "audit", Level.PRIVILEGED, wrong);
        var warn = standard(labels, "warn", Level.PRIVILEGED, wrong);
        boolean follows = enforces && !labels.containsKey(PREFIX + "warn")
                && enforce.level().compareTo(warn.level()) > 0;
        var told = follows ? new Standard(enforce.level(),
                labels.containsKey(PREFIX + "warn-version") ? warn.version() : enforce.version()) : warn;
        return new NamespacePolicy(enforce, audit, told, List.copyOf(wrong));
    }

    /** @param otherwise the level where the label is not understood */
    private static Standard standard(Map<String, String> labels, String mode, Level otherwise, List<Cause> wrong) {
        String level = labels.getOrDefault(PREFIX + mode, "privileged");
        if (level(level).isEmpty()) {
            wrong.add(cause(mode, level, "must be one of privileged, baseline, restricted"));
        }
        String version = labels.getOrDefault(PREFIX + mode + "-version", Standard.LATEST);
        boolean known = version.equals(Standard.LATEST) || VERSION.matcher(version).matches();
        if (!known) {
            wrong.add(cause(mode + "-version", version, "must be \"latest\" or \"v1.x\""));
        }
        return new Standard(level(level).orElse(otherwise), known ? version : Standard.LATEST);
    }

    private static Optional<Level> level(String text) {
        for (var level : Level.values()) {
            if (level.name().toLowerCase(Locale.ROOT).equals(text)) {
                return Optional.of(level);
            }
        }
        return Optional.empty();
    }

    private static Cause cause(String label, String value, String why) {
        return new Cause("FieldValueInvalid", "Invalid value: \"" + value + "\": " + why,
                "metadata.labels[" + PREFIX + label + "]");
    }

    boolean asksNothing() {
        return wrong.isEmpty() && enforce.level() == Level.PRIVILEGED && tellsNothing();
    }

    boolean tellsNothing() {
        return wrong.isEmpty() && audit.level() == Level.PRIVILEGED && warn.level() == Level.PRIVILEGED;
    }
}
