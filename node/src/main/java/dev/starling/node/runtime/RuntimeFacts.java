package dev.starling.node.runtime;

import java.util.List;

/**
 * What is known about a runtime and its host.
 *
 * @param handlers names for {@link SandboxSpec#handler}, the preferred one first
 * @param cgroupVersion 1 or 2; 0 when nothing is enforced
 * @param podRange addresses of pods, as {@code 10.89.0.0/16}; empty without a network
 * @param hostAddress where pods reach the host; empty without a network
 */
public record RuntimeFacts(String name, String version, List<String> handlers, int cgroupVersion,
                           long cpuMillis, long memoryBytes, String podRange, String hostAddress) {
    public RuntimeFacts {
        handlers = List.copyOf(handlers);
    }
}
