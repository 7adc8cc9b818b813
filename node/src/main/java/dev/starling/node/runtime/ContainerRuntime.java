package dev.starling.node.runtime;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What runs sandboxes and containers. Every call blocks until the runtime has done it, may be made from any thread,
 * and throws a {@link ContainerRuntimeException}: {@link RuntimeUnavailableException} when the runtime can't be
 * reached, {@link NotFoundException} for an unknown id, {@link StartException} when a sandbox or container can't be
 * created or started. Stopping and removing what is stopped or gone already succeeds.
 *
 * <p>{@link #close} lets go of the runtime and leaves everything running, for the next process to find; {@link
 * #shutdown} removes every sandbox and ends the runtime.
 */
public interface ContainerRuntime extends AutoCloseable {
    RuntimeFacts facts();

    /**
     * Makes namespaces, network and cgroup of a pod that need not be known yet. The sandbox is ready when this
     * returns.
     */
    Sandbox createSandbox(SandboxSpec spec);

    /**
     * Makes a sandbox the pod's own: host name, hosts file, resolver, log folder, cgroup limits. Call it once per
     * claim, before the first container is created. Calling it again with the same identity repeats it, and containers
     * that run already see the files change.
     */
    void specialise(String sandboxId, PodIdentity identity);

    /** Answers the id of the container, which does not run yet. The image must be present. */
    String createContainer(String sandboxId, ContainerSpec spec);

    /**
     * Throws {@link StartException} if the command can't be started; then the container is EXITED, with code 128,
     * reason {@code StartError} and the runtime's message.
     */
    void startContainer(String containerId);

    /** Sends the stop signal, waits for at most {@code grace}, then kills. Returns when the container has ended. */
    void stopContainer(String containerId, Duration grace);

    void removeContainer(String containerId);

    /** Kills what still runs in the sandbox and takes its network away. */
    void stopSandbox(String sandboxId);

    /** Stops the sandbox if needed and removes it with its containers, network, address and cgroup. */
    void removeSandbox(String sandboxId);

    List<Sandbox> sandboxes();

    List<ContainerStatus> containers();

    Optional<ContainerStatus> container(String containerId);

    /**
     * Calls the listener with a container's id soon after it started, ended or ran out of memory. By then {@link
     * #container} shows the change. It is a hint: ids may repeat, ids of sandboxes are told too, and after a lost
     * connection the ids of all containers are told again. The listener must return quickly.
     */
    void onChange(Consumer<String> listener);

    /** Runs a command to its end, or kills it after the timeout; see {@link ExecResult#timedOut}. */
    ExecResult exec(String containerId, List<String> command, Duration timeout);

    /** The one-time address of the runtime's own SPDY streaming server for this exec. */
    URI execUrl(String containerId, ExecRequest request);

    URI attachUrl(String containerId, AttachRequest request);

    URI portForwardUrl(String sandboxId, List<Integer> ports);

    Images images();

    /** What every sandbox uses now, read in one sweep. */
    List<SandboxUsage> usage();

    /** Removes all sandboxes, ends the runtime, and leaves the machine as it was found. Images stay. */
    void shutdown();

    @Override
    void close();
}
