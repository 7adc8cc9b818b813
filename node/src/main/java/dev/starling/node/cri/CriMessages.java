package dev.starling.node.cri;

import dev.starling.node.cri.proto.Cri;
import dev.starling.node.runtime.ContainerSpec;
import dev.starling.node.runtime.ContainerState;
import dev.starling.node.runtime.ContainerStatus;
import dev.starling.node.runtime.ImageReference;
import dev.starling.node.runtime.ResourceLimits;
import dev.starling.node.runtime.SandboxSpec;
import dev.starling.node.runtime.Security;
import java.time.Instant;

/** Translates between our records and CRI's messages. */
final class CriMessages {
    private static final String NAMESPACE = "starling";
    private static final long NANOS = 1_000_000_000L;

    private CriMessages() {}

    static Cri.PodSandboxConfig sandbox(SandboxSpec spec, String cgroupParent) {
        return Cri.PodSandboxConfig.newBuilder()
            .setMetadata(Cri.PodSandboxMetadata.newBuilder().setName(spec.name()).setUid(spec.name())
                .setNamespace(NAMESPACE))
            .setHostname("sandbox")
            .putAllLabels(spec.labels())
            .setLinux(linux(cgroupParent).toBuilder().putAllSysctls(spec.sysctls()))
            .build();
    }

    /** No seccomp filter for the program that holds the sandbox: it is our own, and the filter takes 17 ms to make. */
    static Cri.LinuxPodSandboxConfig linux(String cgroupParent) {
        return Cri.LinuxPodSandboxConfig.newBuilder().setCgroupParent("/" + cgroupParent)
            .setSecurityContext(Cri.LinuxSandboxSecurityContext.newBuilder().setSeccomp(Cri.SecurityProfile
                .newBuilder().setProfileType(Cri.SecurityProfile.ProfileType.Unconfined))).build();
    }

    /** A status in the shape of a list's entry. */
    static Cri.PodSandbox item(Cri.PodSandboxStatus status) {
        return Cri.PodSandbox.newBuilder().setId(status.getId()).setMetadata(status.getMetadata())
            .setState(status.getState()).setCreatedAt(status.getCreatedAt()).putAllLabels(status.getLabelsMap())
            .setRuntimeHandler(status.getRuntimeHandler()).build();
    }

    private static Cri.SecurityProfile defaultSeccomp() {
        return Cri.SecurityProfile.newBuilder().setProfileType(Cri.SecurityProfile.ProfileType.RuntimeDefault).build();
    }

    static Cri.ContainerConfig container(ContainerSpec spec) {
        Cri.ContainerConfig.Builder config = Cri.ContainerConfig.newBuilder()
            .setMetadata(Cri.ContainerMetadata.newBuilder().setName(spec.name()).setAttempt(spec.attempt()))
            .setImage(Cri.ImageSpec.newBuilder().setImage(ImageReference.normalise(spec.image())))
            .addAllCommand(spec.command()).addAllArgs(spec.args()).setWorkingDir(spec.workingDir())
            .putAllLabels(spec.labels()).putAllAnnotations(spec.annotations())
            .setLogPath(spec.logPath().getFileName().toString())
            .setStdin(spec.terminal().stdin()).setStdinOnce(spec.terminal().stdinOnce()).setTty(spec.terminal().tty())
            .setLinux(Cri.LinuxContainerConfig.newBuilder().setResources(resources(spec.limits()))
                .setSecurityContext(security(spec.security())));
        for (ContainerSpec.EnvVar variable : spec.env()) {
            config.addEnvs(Cri.KeyValue.newBuilder().setKey(variable.name()).setValue(variable.value()));
        }
        for (ContainerSpec.Mount mount : spec.mounts()) {
            config.addMounts(Cri.Mount.newBuilder().setHostPath(mount.hostPath().toString())
                .setContainerPath(mount.containerPath()).setReadonly(mount.readOnly()));
        }
        return config.build();
    }

    private static Cri.LinuxContainerResources resources(ResourceLimits limits) {
        return Cri.LinuxContainerResources.newBuilder()
            .setCpuShares(limits.cpuShares()).setCpuQuota(limits.cpuQuotaMicros())
            .setCpuPeriod(limits.cpuPeriodMicros()).setMemoryLimitInBytes(limits.memoryBytes()).build();
    }

    private static Cri.LinuxContainerSecurityContext security(Security security) {
        Cri.LinuxContainerSecurityContext.Builder context = Cri.LinuxContainerSecurityContext.newBuilder()
            .setNamespaceOptions(Cri.NamespaceOption.newBuilder().setPid(Cri.NamespaceMode.CONTAINER))
            .setPrivileged(security.privileged()).setReadonlyRootfs(security.readOnlyRoot())
            .setNoNewPrivs(security.noNewPrivileges()).addAllSupplementalGroups(security.supplementalGroups())
            .setCapabilities(Cri.Capability.newBuilder().addAllAddCapabilities(security.addCapabilities())
                .addAllDropCapabilities(security.dropCapabilities()));
        if (!security.privileged()) {
            context.setSeccomp(defaultSeccomp());
        }
        if (security.user().matches("\\d+")) {
            context.setRunAsUser(Cri.Int64Value.newBuilder().setValue(Long.parseLong(security.user())));
        } else {
            context.setRunAsUsername(security.user());
        }
        if (!security.group().isEmpty()) {
            context.setRunAsGroup(Cri.Int64Value.newBuilder().setValue(Long.parseLong(security.group())));
        }
        return context.build();
    }

    static ContainerStatus status(Cri.ContainerStatus status, String sandboxId) {
        ContainerState state = switch (status.getState()) {
            case CONTAINER_CREATED -> ContainerState.CREATED;
            case CONTAINER_RUNNING -> ContainerState.RUNNING;
            // What containerd lost track of will never run again.
            case CONTAINER_EXITED, CONTAINER_UNKNOWN, UNRECOGNIZED -> ContainerState.EXITED;
        };
        return new ContainerStatus(status.getId(), sandboxId, status.getMetadata().getName(),
            status.getMetadata().getAttempt(), state, status.getExitCode(), status.getReason(), status.getMessage(),
            instant(status.getCreatedAt()), instant(status.getStartedAt()), finished(status),
            status.getImage().getImage(), status.getImageRef(), status.getLabelsMap(), status.getAnnotationsMap());
    }

    /** containerd notes the start after the fact, so what ends at once may seem to end before it started. */
    private static Instant finished(Cri.ContainerStatus status) {
        long finished = status.getFinishedAt();
        return instant(finished == 0 ? 0 : Math.max(finished, status.getStartedAt()));
    }

    static Instant instant(long nanos) {
        return Instant.ofEpochSecond(nanos / NANOS, nanos % NANOS);
    }
}
