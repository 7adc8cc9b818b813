package dev.starling.node.simulated;

import dev.starling.node.runtime.ContainerSpec;
import dev.starling.node.runtime.ContainerState;
import dev.starling.node.runtime.ContainerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One container as a value; its end is known as soon as it starts, so that its state is a function of the time.
 *
 * @param end when it ends and how, if that is known
 */
record SimulatedContainer(String id, String sandboxId, ContainerSpec spec, Behaviour behaviour,
                          Instant created, Instant started, Optional<End> end) {
    private static final int KILLED = 137;
    private static final int CANNOT_START = 128;
    private static final long NANOS_PER_MILLI_CORE_SECOND = 1_000_000;

    record End(Instant at, int exitCode, String reason, String message) {}

    static SimulatedContainer create(String id, String sandboxId, ContainerSpec spec, Instant now) {
        return new SimulatedContainer(id, sandboxId, spec, Behaviour.of(spec.labels(), spec.annotations()),
            now, Instant.EPOCH, Optional.empty());
    }

    SimulatedContainer start(Instant now) {
        Optional<End> planned = behaviour.runFor().map(time -> exit(now.plus(time), behaviour.exitCode()));
        return new SimulatedContainer(id, sandboxId, spec, behaviour, created, now, planned);
    }

    SimulatedContainer failToStart(Instant now) {
        End failed = new End(now, CANNOT_START, "StartError", behaviour.startError());
        return new SimulatedContainer(id, sandboxId, spec, behaviour, created, now, Optional.of(failed));
    }

    SimulatedContainer kill(Instant now) {
        return exitedAt(now) || started.equals(Instant.EPOCH) ? this
            : new SimulatedContainer(id, sandboxId, spec, behaviour, created, started, Optional.of(exit(now, KILLED)));
    }

    private static End exit(Instant at, int code) {
        return new End(at, code, code == 0 ? "Completed" : "Error", "");
    }

    boolean exitedAt(Instant now) {
        return end.filter(planned -> !planned.at().isAfter(now)).isPresent();
    }

    boolean runsAt(Instant now) {
        return !started.equals(Instant.EPOCH) && !exitedAt(now);
    }

    ContainerStatus status(Instant now) {
        End ended = end.filter(_ -> exitedAt(now)).orElse(new End(Instant.EPOCH, 0, "", ""));
        ContainerState state = exitedAt(now) ? ContainerState.EXITED
            : runsAt(now) ? ContainerState.RUNNING : ContainerState.CREATED;
        return new ContainerStatus(id, sandboxId, spec.name(), spec.attempt(), state, ended.exitCode(), ended.reason(),
            ended.message(), created, started, ended.at(), spec.image(), "sha256:simulated", spec.labels(),
            spec.annotations());
    }

    long cpuNanos(Instant now) {
        if (started.equals(Instant.EPOCH)) {
            return 0;
        }
        Instant until = end.map(End::at).filter(at -> at.isBefore(now)).orElse(now);
        return Duration.between(started, until).toMillis() * behaviour.cpuMillis() * NANOS_PER_MILLI_CORE_SECOND / 1000;
    }

    long memoryBytes(Instant now) {
        return runsAt(now) ? behaviour.memoryBytes() : 0;
    }
}
