package dev.starling.node.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One container to create.
 *
 * @param attempt number of times that a container of this name was created before in its sandbox
 * @param image a reference or id that {@link Images#find} knows
 * @param command replaces the image's entrypoint unless empty
 * @param args replaces the image's command unless empty
 * @param env in order; a repeated name overrides
 * @param workingDir empty for the image's own
 * @param logPath absolute file that gets standard output and error, in the CRI log format; its folder is created.
 *                {@link #NO_LOG} for a simulated container, whose log nobody keeps
 */
public record ContainerSpec(String name, int attempt, String image, List<String> command, List<String> args,
                            List<EnvVar> env, List<Mount> mounts, String workingDir, Terminal terminal,
                            ResourceLimits limits, Security security, Path logPath,
                            Map<String, String> labels, Map<String, String> annotations) {
    public static final Path NO_LOG = Path.of("");

    public ContainerSpec {
        command = List.copyOf(command);
        args = List.copyOf(args);
        env = List.copyOf(env);
        mounts = List.copyOf(mounts);
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    /** A container with nothing but a command. */
    public static ContainerSpec of(String name, String image, List<String> command, Path logPath) {
        return new ContainerSpec(name, 0, image, command, List.of(), List.of(), List.of(), "", Terminal.NONE,
            ResourceLimits.NONE, Security.DEFAULT, logPath, Map.of(), Map.of());
    }

    public record EnvVar(String name, String value) {}

    public record Mount(Path hostPath, String containerPath, boolean readOnly) {}

    /** @param stdinOnce standard input ends when the first client that attached goes away */
    public record Terminal(boolean stdin, boolean stdinOnce, boolean tty) {
        public static final Terminal NONE = new Terminal(false, false, false);
    }
}
