package dev.starling.node.streams;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.PodStreams;
import dev.starling.kube.object.ObjectKey;
import dev.starling.node.pod.ContainerView;
import dev.starling.node.runtime.AttachRequest;
import dev.starling.node.runtime.ContainerRuntimeException;
import dev.starling.node.runtime.ContainerState;
import dev.starling.node.runtime.ContainerStatus;
import dev.starling.node.runtime.ExecRequest;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The streams of pods. Logs are read from files by path, so that they outlive containers and this
 * process; exec, attach and port-forward are addresses of the runtime's own streaming server. Thread-safe.
 */
public final class NodeStreams implements PodStreams {
    private final PodSights pods;

    public NodeStreams(PodSights pods) {
        this.pods = pods;
    }

    @Override
    public InputStream logs(ObjectKey pod, LogQuery query) {
        var sight = sight(pod);
        String container = container(sight, query.container());
        int attempt = attempt(sight, container, query.previous());
        var file = sight.host().folders().log(sight.pod(), container, attempt);
        return new LogStream(file, query, () -> query.previous() || ended(pod, sight.pod().uid(), container, attempt));
    }

    private boolean ended(ObjectKey pod, String uid, String container, int attempt) {
        var sight = pods.sight(pod.namespace(), pod.name()).filter(s -> s.pod().uid().equals(uid));
        if (sight.isEmpty()) {
            return true;
        }
        return Optional.ofNullable(sight.get().containers().get(container))
                .map(c -> c.attempt() > attempt || c.exited()).orElse(true);
    }

    private PodSight sight(ObjectKey pod) {
        return pods.sight(pod.namespace(), pod.name()).orElseThrow(() -> ApiException.notFound("pods", pod.name()));
    }

    private static String container(PodSight sight, String asked) {
        var pod = sight.pod();
        if (asked.isEmpty()) {
            if (pod.containers().size() > 1 && !pod.object().annotations().containsKey(
                    "kubectl.kubernetes.io/default-container")) {
                throw ApiException.badRequest("a container name must be specified for pod " + pod.name()
                        + ", choose one of: [" + String.join(" ", pod.containers().stream().map(ContainerView::name)
                        .toList()) + "]");
            }
            return pod.defaultContainer();
        }
        if (pod.container(asked).isEmpty()) {
            throw ApiException.badRequest("container " + asked + " is not valid for pod " + pod.name());
        }
        return asked;
    }

    /** Which attempt of a container has the log that is asked for. */
    private static int attempt(PodSight sight, String container, boolean previous) {
        var pod = sight.pod();
        var status = pod.containerStatus(container);
        var known = Optional.ofNullable(sight.containers().get(container));
        int newest = known.map(ContainerStatus::attempt).orElse(status.text("containerID").isEmpty() ? -1
                : (int) status.at("restartCount").number(0));
        String name = "container \"" + container + "\" in pod \"" + pod.name() + "\"";
        if (previous) {
            boolean waits = known.map(ContainerStatus::exited).orElse(false)
                    && !status.object("state").has("terminated");
            int before = waits ? newest : newest - 1;
            if (before < 0) {
                throw ApiException.badRequest("previous terminated " + name + " not found");
            }
            return before;
        }
        if (newest < 0) {
            String reason = status.text("state", "waiting", "reason");
            String why = reason.equals("ErrImagePull") || reason.equals("ImagePullBackOff")
                    ? "trying and failing to pull image" : reason.isEmpty() ? "ContainerCreating" : reason;
            throw ApiException.badRequest(name + " is waiting to start: " + why);
        }
        return newest;
    }

    @Override
    public URI exec(ObjectKey pod, ExecQuery query) {
        var sight = sight(pod);
        String id = running(sight, query.container());
        return address(() -> sight.host().runtime().execUrl(id, new ExecRequest(query.command(), query.stdin(),
                query.stdout(), query.stderr(), query.tty())));
    }

    @Override
    public URI attach(ObjectKey pod, ExecQuery query) {
        var sight = sight(pod);
        String id = running(sight, query.container());
        return address(() -> sight.host().runtime().attachUrl(id, new AttachRequest(query.stdin(), query.stdout(),
                query.stderr(), query.tty())));
    }

    @Override
    public URI portForward(ObjectKey pod, List<Integer> ports) {
        var sight = sight(pod);
        if (sight.sandboxId().isEmpty()) {
            throw ApiException.badRequest("unable to forward port because pod is not running. Current status="
                    + sight.pod().status().text("phase"));
        }
        return address(() -> sight.host().runtime().portForwardUrl(sight.sandboxId(), ports));
    }

    private static String running(PodSight sight, String asked) {
        String name = container(sight, asked);
        return Optional.ofNullable(sight.containers().get(name)).filter(c -> c.state() == ContainerState.RUNNING)
                .map(ContainerStatus::id)
                .orElseThrow(() -> ApiException.badRequest("container not found (\"" + name + "\")"));
    }

    private static URI address(Supplier<URI> ask) {
        try {
            return ask.get();
        } catch (ContainerRuntimeException e) {
            throw new ApiException(Reason.INTERNAL_ERROR, String.valueOf(e.getMessage()));
        }
    }
}
