package dev.starling.node.agent;

import dev.starling.node.agent.Action.ClaimSandbox;
import dev.starling.node.agent.Action.Delete;
import dev.starling.node.agent.Action.End;
import dev.starling.node.agent.Action.LookForImage;
import dev.starling.node.agent.Action.MountVolumes;
import dev.starling.node.agent.Action.PullImage;
import dev.starling.node.agent.Action.Release;
import dev.starling.node.agent.Action.StartContainer;
import dev.starling.node.agent.Action.StopContainer;
import dev.starling.node.agent.Progress.ImageStep;
import dev.starling.node.pod.PodView;
import dev.starling.node.pod.PodView.RestartPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What to do next for a pod, and when to think again without news. A pure function of the pod as the API holds it,
 * the state and the time; what is under way already is not planned again.
 *
 * <p>Way of a pod: sandbox, volumes and the first image beside each other; init containers one after the other; all
 * main containers; restarts by policy; then, when it is deleted, ended or over: stop, report, release, delete.
 */
final class PodPlan {
    private static final Duration ORPHAN_GRACE = Duration.ofSeconds(1);
    private static final String DEADLINE = "Pod was active on the node longer than the specified deadline";

    private final PodView pod;
    private final PodState state;
    private final boolean reported;
    private final Instant now;
    private final List<Action> actions = new ArrayList<>();
    private Instant wakeAt = Instant.MAX;

    private PodPlan(PodView pod, PodState state, boolean reported, Instant now) {
        this.pod = pod;
        this.state = state;
        this.reported = reported;
        this.now = now;
    }

    /** @param reported whether the API holds the pod's status as it is now */
    static PodPlan of(PodView pod, PodState state, boolean reported, Instant now) {
        var plan = new PodPlan(pod, state, reported, now);
        if (state.sandbox().removed()) {
            plan.finish();
        } else if (state.gone() || pod.deleting() || !state.ending().none()) {
            plan.end();
        } else if (state.over(pod)) {
            plan.release();
        } else {
            plan.advance();
        }
        return plan;
    }

    List<Action> actions() {
        return actions;
    }

    /** {@link Instant#MAX} for not before something happens. */
    Instant wakeAt() {
        return wakeAt;
    }

    private void act(Action action) {
        if (!state.busy().contains(action.key())) {
            actions.add(action);
        }
    }

    private void wakeAt(Instant time) {
        wakeAt = time.isBefore(wakeAt) ? time : wakeAt;
    }

    private boolean due(Trouble trouble) {
        if (!trouble.due(now)) {
            wakeAt(trouble.retryAt());
            var told = trouble.since().plus(PodAgent.ERROR_SHOWN);
            if (now.isBefore(told)) {
                wakeAt(told);
            }
        }
        return trouble.due(now);
    }

    private void advance() {
        if (passedDeadline()) {
            return;
        }
        boolean claimed = state.sandbox().claim().isPresent();
        if (!claimed && due(state.sandbox().trouble())) {
            act(new ClaimSandbox());
        }
        if (!state.volumes().ready() && due(state.volumes().trouble())) {
            act(new MountVolumes());
        }
        boolean prepared = claimed && state.volumes().ready();
        if (!state.initialized()) {
            state.initContainers().stream().filter(c -> !c.succeeded()).findFirst()
                    .ifPresent(c -> advance(c, prepared));
            return;
        }
        state.mainContainers().forEach(c -> advance(c, prepared));
    }

    private boolean passedDeadline() {
        var deadline = pod.deadline(state.startTime());
        if (deadline.isEmpty()) {
            return false;
        }
        if (now.isBefore(deadline.get())) {
            wakeAt(deadline.get());
            return false;
        }
        act(new End(new Ending("DeadlineExceeded", DEADLINE)));
        return true;
    }

    private void advance(Progress container, boolean prepared) {
        boolean waits = container.current().isPresent() && (!container.exited() || container.over(policy(container)));
        if (waits || state.busyWith("start/" + container.name()) || !due(container.trouble())) {
            return;
        }
        if (container.exited() && now.isBefore(container.restartAt())) {
            wakeAt(container.restartAt());
            return;
        }
        switch (container.image()) {
            case UNKNOWN -> act(new LookForImage(container.name()));
            case ABSENT -> pull(container);
            case PRESENT -> {
                if (prepared) {
                    act(new StartContainer(container.name()));
                }
            }
        }
    }

    private RestartPolicy policy(Progress container) {
        return container.view().init() && pod.restartPolicy() == RestartPolicy.ALWAYS
                ? RestartPolicy.ON_FAILURE : pod.restartPolicy();
    }

    /** A pull costs, so the API knows since when before it begins. */
    private void pull(Progress container) {
        if (Receipt.billingStart(pod).isPresent()) {
            act(new PullImage(container.name()));
        }
    }

    private void end() {
        var grace = state.gone() ? ORPHAN_GRACE : pod.graceLeft(now);
        var deadline = now.plus(grace);
        for (var container : state.containers().values()) {
            if (container.current().isPresent() && !container.exited()) {
                stop(container, grace, deadline);
            }
        }
        if (state.ended(pod)) {
            release();
        }
    }

    /** A stop that is under way is begun again only if it must come clearly earlier. */
    private void stop(Progress container, Duration grace, Instant deadline) {
        String id = container.current().orElseThrow().id();
        boolean underWay = state.busy().stream().filter(key -> key.startsWith("stop/" + id + "/"))
                .anyMatch(key -> Long.parseLong(key.substring(key.lastIndexOf('/') + 1))
                        <= deadline.getEpochSecond() + 1);
        if (!underWay) {
            act(new StopContainer(container.name(), id, grace, deadline, "Stopping container " + container.name()));
        }
    }

    /** What the pod has goes only after its end is on record, so that a crash in between loses no exit code. */
    private void release() {
        boolean writing = state.busy().contains("refreshing") || state.busy().contains("volumes");
        if ((state.gone() || reported) && !writing && due(state.sandbox().trouble())) {
            act(new Release());
        }
    }

    private void finish() {
        if (pod.deleting() && !state.gone() && due(state.sandbox().trouble())) {
            act(new Delete());
        }
    }
}
