package dev.starling.node.cri;

import dev.starling.node.cri.proto.Cri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Seccomp filters as the kernel takes them. libseccomp needs 17 ms of processor to make the default one, at every
 * start, and its result depends on the profile and the capabilities alone. crun leaves what was made beside the
 * container's state, and takes a ready one from an annotation (crun(1), {@code run.oci.seccomp_bpf_data}); runc can do
 * neither. Thread-safe.
 */
final class SeccompFilters {
    /** containerd hands it on from the pod's configuration in a request, which is not kept, to the OCI runtime. */
    static final String ANNOTATION = "run.oci.seccomp_bpf_data";
    /** The OCI runtime that knows the annotation. */
    static final String RUNTIME = "crun";
    private static final System.Logger LOG = System.getLogger(SeccompFilters.class.getName());
    private static final int MOST_KNOWN = 64;
    /** BPF programs are made of instructions of eight bytes, and the kernel takes no more than so many of them. */
    private static final int INSTRUCTION_BYTES = 8;
    private static final int MOST_INSTRUCTIONS = 4096;

    private final Path states;
    private final Map<Key, String> made = new ConcurrentHashMap<>();
    private final Map<String, Key> awaited = new ConcurrentHashMap<>();

    /** All that a filter depends on, but for the machine. */
    record Key(Cri.SecurityProfile profile, Cri.Capability capabilities) {
        /** Empty where no filter is made, or where a ready one can't be had. */
        static Optional<Key> of(Cri.ContainerConfig config, String handler) {
            Cri.LinuxContainerSecurityContext context = config.getLinux().getSecurityContext();
            return handler.equals(RUNTIME) && !context.getPrivileged() && context.hasSeccomp()
                ? Optional.of(new Key(context.getSeccomp(), context.getCapabilities())) : Optional.empty();
        }
    }

    /** @param states the folder in which the OCI runtime keeps a folder for each container */
    SeccompFilters(Path states) {
        this.states = states;
    }

    /** The filter in Base64; empty if it was not made yet. */
    Optional<String> find(Key key) {
        return Optional.ofNullable(made.get(key));
    }

    /** This container will be started without a ready filter. */
    void await(String containerId, Key key) {
        if (awaited.size() >= MOST_KNOWN) {
            awaited.clear(); // these went with their sandboxes and never ran
        }
        if (made.size() < MOST_KNOWN) {
            awaited.put(containerId, key);
        }
    }

    /** It runs, so its filter is made. */
    void started(String containerId) {
        Key key = awaited.remove(containerId);
        if (key != null) {
            read(states.resolve(containerId).resolve("seccomp.bpf")).ifPresent(filter -> made.put(key, filter));
        }
    }

    private static Optional<String> read(Path file) {
        try {
            byte[] filter = Files.readAllBytes(file);
            boolean whole = filter.length > 0 && filter.length % INSTRUCTION_BYTES == 0
                && filter.length / INSTRUCTION_BYTES <= MOST_INSTRUCTIONS;
            return whole ? Optional.of(Base64.getEncoder().encodeToString(filter)) : Optional.empty();
        } catch (IOException e) {
            // It has ended and is removed already, or this crun keeps its filter elsewhere: the next one makes its own.
            LOG.log(System.Logger.Level.DEBUG, "No seccomp filter to keep file=" + file + " cause=" + e);
            return Optional.empty();
        }
    }
}
