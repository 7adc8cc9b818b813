package dev.starling.apiserver.admission.security;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** What a pod does that a standard forbids; the words are those of Kubernetes. */
record Violation(String reason, String detail) {

    /** {@code privileged (container "a" must not …)}. */
    String text() {
        return detail.isEmpty() ? reason : reason + " (" + detail + ")";
    }

    static String quoted(Collection<String> names) {
        return names.stream().map(name -> '"' + name + '"').collect(Collectors.joining(", "));
    }

    static String plural(String singular, Collection<?> counted) {
        return counted.size() == 1 ? singular : singular + "s";
    }

    /** {@code container "a"} or {@code containers "a", "b"}. */
    static String containers(List<String> names) {
        return plural("container", names) + " " + quoted(names);
    }

    /** {@code pod and containers "a", "b"}. */
    static String setters(boolean pod, List<String> containers) {
        String names = containers.isEmpty() ? "" : containers(containers);
        return !pod ? names : names.isEmpty() ? "pod" : "pod and " + names;
    }
}
