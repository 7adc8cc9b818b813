package dev.starling.node.runtime;

import java.time.Instant;
import java.util.List;

/** What a sandbox uses, its containers included. Processor time counts since the sandbox was made. */
public record SandboxUsage(String sandboxId, Instant at, long cpuNanos, long workingSetBytes,
                           List<ContainerUsage> containers) {
    public SandboxUsage {
        containers = List.copyOf(containers);
    }

    public record ContainerUsage(String containerId, long cpuNanos, long workingSetBytes) {}
}
