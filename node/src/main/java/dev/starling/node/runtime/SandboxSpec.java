package dev.starling.node.runtime;

import java.util.Map;

/**
 * The shape of a sandbox: what can't be changed after it is made.
 *
 * @param name unique among the runtime's sandboxes
 * @param handler one of {@link RuntimeFacts#handlers}, or empty for the preferred one
 */
public record SandboxSpec(String name, String handler, Map<String, String> sysctls, Map<String, String> labels) {
    public SandboxSpec {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a sandbox needs a name");
        }
        sysctls = Map.copyOf(sysctls);
        labels = Map.copyOf(labels);
    }

    public static SandboxSpec named(String name) {
        return new SandboxSpec(name, "", Map.of(), Map.of());
    }
}
