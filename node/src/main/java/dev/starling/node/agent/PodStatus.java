package dev.starling.node.agent;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Times;
import dev.starling.node.pod.PodView;
import dev.starling.node.pod.Resources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A pod's status by upstream's rules: a pure function of the pod, what its agent knows, and the time.
 */
final class PodStatus {
    /** Facts about the node that stand in every status. */
    record NodeFacts(String hostIp, String runtime) {
    }

    private static final List<String> OWNED = List.of("PodReadyToStartContainers", "Initialized", "Ready",
            "ContainersReady", "DisruptionTarget");

    private final PodView pod;
    private final PodState state;
    private final NodeFacts node;
    private final Instant now;
    private final boolean ended;

    private PodStatus(PodView pod, PodState state, NodeFacts node, Instant now) {
        this.pod = pod;
        this.state = state;
        this.node = node;
        this.now = now;
        this.ended = state.ended(pod);
    }

    static JsonObject of(PodView pod, PodState state, NodeFacts node, Instant now) {
        if (pod.terminal() && state.sandbox().removed()) {
            return pod.status();
        }
        return new PodStatus(pod, state, node, now).status();
    }

    /** The merge patch of {@code status} that makes the old one the new one; empty if they are equal. */
    static JsonObject change(JsonObject old, JsonObject wanted) {
        var change = JsonObject.builder();
        wanted.forEach((field, value) -> {
            if (!value.equals(old.at(field))) {
                change.put(field, value);
            }
        });
        for (String field : old.names()) {
            if (!wanted.has(field)) {
                change.put(field, JsonNull.NULL);
            }
        }
        return change.build();
    }

    private JsonObject status() {
        String phase = phase();
        var status = JsonObject.builder();
        pod.status().forEach((field, value) -> status.put(field, value));
        status.put("phase", phase).put("conditions", conditions(phase))
                .put("hostIP", node.hostIp()).put("hostIPs", JsonArray.of(JsonObject.of("ip", node.hostIp())))
                .put("startTime", Times.seconds(state.startTime())).put("qosClass", Resources.quality(pod).text())
                .put("containerStatuses", statuses(state.mainContainers()));
        if (!state.initContainers().isEmpty()) {
            status.put("initContainerStatuses", statuses(state.initContainers()));
        }
        String ip = state.sandbox().ip();
        if (!ip.isEmpty()) {
            status.put("podIP", ip).put("podIPs", JsonArray.of(JsonObject.of("ip", ip)));
        }
        if (!state.ending().none()) {
            status.put("reason", state.ending().reason()).put("message", state.ending().message());
        }
        return status.build();
    }

    /** Source of the rule: the kubelet's getPhase. */
    private String phase() {
        if (!state.ending().none()) {
            return "Failed";
        }
        var policy = pod.restartPolicy();
        if (!state.initialized()) {
            boolean failed = state.initContainers().stream().anyMatch(c -> c.over(policy) && !c.succeeded());
            return failed || ended ? "Failed" : "Pending";
        }
        int running = 0;
        int waiting = 0;
        int stopped = 0;
        int succeeded = 0;
        for (var container : state.mainContainers()) {
            if (container.running()) {
                running++;
            } else if (container.exited() || !container.last().isEmpty()) {
                stopped++;
                succeeded += container.succeeded() ? 1 : 0;
            } else {
                waiting++;
            }
        }
        if (ended) {
            return succeeded > 0 && stopped == succeeded && waiting == 0 ? "Succeeded" : "Failed";
        }
        if (waiting > 0) {
            return "Pending";
        }
        if (running > 0 || policy == PodView.RestartPolicy.ALWAYS) {
            return "Running";
        }
        if (stopped == succeeded) {
            return "Succeeded";
        }
        return policy == PodView.RestartPolicy.NEVER ? "Failed" : "Running";
    }

    private JsonArray statuses(List<Progress> containers) {
        return JsonArray.of(containers.stream().map(this::status).toList());
    }

    private Json status(Progress c) {
        var status = JsonObject.builder().put("name", c.name()).put("state", containerState(c))
                .put("lastState", lastState(c)).put("ready", c.ready())
                .put("restartCount", Math.max(0, c.attempts() - 1))
                .put("image", c.current().map(r -> r.image()).filter(i -> !i.isEmpty()).orElse(c.view().image()))
                .put("imageID", c.imageId());
        String id = c.current().map(r -> node.runtime() + "://" + r.id()).orElse(c.last().text("containerID"));
        status.putText("containerID", id);
        return status.put("started", JsonBoolean.of(c.running() && c.health().started()
                || c.view().init() && c.running())).build();
    }

    private JsonObject lastState(Progress c) {
        if (backingOff(c)) {
            return JsonObject.of("terminated", c.terminated(node.runtime()));
        }
        return c.last().isEmpty() ? JsonObject.EMPTY : JsonObject.of("terminated", c.last());
    }

    private boolean backingOff(Progress c) {
        return c.exited() && !ended && !c.over(pod.restartPolicy())
                && (now.isBefore(c.restartAt()) || !c.trouble().none());
    }

    private JsonObject containerState(Progress c) {
        if (c.running()) {
            return JsonObject.of("running",
                    JsonObject.of("startedAt", Times.seconds(c.current().orElseThrow().started())));
        }
        if (c.exited() && !backingOff(c)) {
            return JsonObject.of("terminated", c.terminated(node.runtime()));
        }
        if (ended && state.initialized() && !c.view().init()) {
            return never();
        }
        return JsonObject.of("waiting", waiting(c));
    }

    /** A container of an initialized pod that never ran, and never will; before that, Kubernetes lets it wait. */
    private JsonObject never() {
        String epoch = Times.seconds(Instant.EPOCH);
        return JsonObject.of("terminated", JsonObject.of("exitCode", Progress.LOST_EXIT, "reason", Progress.LOST,
                "message", "The container could not be located when the pod was terminated",
                "startedAt", epoch, "finishedAt", epoch));
    }

    private JsonObject waiting(Progress c) {
        if (!c.trouble().none()) {
            return troubled(c);
        }
        if (c.exited()) {
            return JsonObject.of("reason", "CrashLoopBackOff", "message", "back-off " + go(c.backOff().delay())
                    + " restarting failed container=" + c.name() + " pod=" + pod.name() + "_" + pod.namespace() + "("
                    + pod.uid() + ")");
        }
        boolean initializing = !c.view().init() && !state.initialized();
        return JsonObject.of("reason", initializing ? "PodInitializing" : "ContainerCreating");
    }

    /** A failed pull tells of its error first, and of its back-off soon after. */
    private JsonObject troubled(Progress c) {
        var trouble = c.trouble();
        if (trouble.reason().equals("ErrImagePull") && !now.isBefore(trouble.since().plus(PodAgent.ERROR_SHOWN))) {
            return JsonObject.of("reason", "ImagePullBackOff", "message",
                    "Back-off pulling image \"" + c.view().image() + "\": ErrImagePull: " + trouble.message());
        }
        return JsonObject.builder().put("reason", trouble.reason()).putText("message", trouble.message()).build();
    }

    /** A duration as Go prints it: {@code 10s}, {@code 2m40s}, {@code 5m0s}. */
    static String go(Duration time) {
        return time.toMinutes() > 0 ? time.toMinutes() + "m" + time.toSecondsPart() + "s" : time.toSeconds() + "s";
    }

    private JsonArray conditions(String phase) {
        var all = new ArrayList<Json>();
        boolean over = phase.equals("Succeeded") || phase.equals("Failed");
        boolean sandbox = state.sandbox().claim().isPresent() && !ended;
        all.add(condition("PodReadyToStartContainers", sandbox, Optional.empty()));
        all.add(condition("Initialized", state.initialized(), why(phase, state.initialized(),
                "ContainersNotInitialized", "containers with incomplete status: ",
                state.initContainers().stream().filter(c -> !c.ready()).toList())));
        var unready = state.mainContainers().stream().filter(c -> !c.ready()).toList();
        boolean ready = unready.isEmpty() && !over;
        var why = over ? Optional.of(new Why(phase.equals("Failed") ? "PodFailed" : "PodCompleted", ""))
                : why(phase, ready, "ContainersNotReady", "containers with unready status: ", unready);
        all.add(condition("Ready", ready, why));
        all.add(condition("ContainersReady", ready, why));
        pod.status().array("conditions").objects().stream().filter(c -> !OWNED.contains(c.text("type")))
                .forEach(all::add);
        return JsonArray.of(all);
    }

    private record Why(String reason, String message) {
    }

    private static Optional<Why> why(String phase, boolean holds, String reason, String text, List<Progress> missing) {
        if (holds) {
            return phase.equals("Succeeded") ? Optional.of(new Why("PodCompleted", "")) : Optional.empty();
        }
        String names = String.join(" ", missing.stream().map(Progress::name).toList());
        return Optional.of(new Why(reason, text + "[" + names + "]"));
    }

    /** The time of a condition changes only with its status. */
    private JsonObject condition(String type, boolean holds, Optional<Why> why) {
        String value = holds ? "True" : "False";
        var old = pod.condition(type);
        String since = old.text("status").equals(value) ? old.text("lastTransitionTime") : Times.seconds(now);
        var condition = JsonObject.builder().put("type", type).put("status", value)
                .put("lastTransitionTime", since);
        why.ifPresent(w -> condition.putText("reason", w.reason()).putText("message", w.message()));
        return condition.build();
    }
}
