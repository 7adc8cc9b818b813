package dev.starling.node.agent;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Times;
import dev.starling.node.pod.ContainerView;
import dev.starling.node.pod.PodView.RestartPolicy;
import dev.starling.node.runtime.ContainerState;
import dev.starling.node.runtime.ContainerStatus;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How far one container of a pod has come.
 *
 * @param attempts how often it was created
 * @param current what the runtime says of the newest attempt
 * @param exitMessage what the newest attempt left as its termination message
 * @param last the terminated state of the attempt before the newest; empty if there is none
 * @param imageId what the image resolved to, as a digest
 */
record Progress(ContainerView view, int attempts, Optional<ContainerStatus> current, String exitMessage,
        JsonObject last, ImageStep image, String imageId, Trouble trouble, CrashBackOff backOff, Health health) {
    static final int LOST_EXIT = 137;
    static final String LOST = "ContainerStatusUnknown";
    private static final String LOST_MESSAGE = "The container could not be located when the pod was deleted.  "
            + "The container used to be Running";

    /** How far its image is. */
    enum ImageStep { UNKNOWN, ABSENT, PRESENT }

    /** What probes say of the newest attempt. */
    record Health(boolean started, boolean ready) {
        static final Health UNKNOWN = new Health(false, false);
    }

    static Progress fresh(ContainerView view) {
        return new Progress(view, 0, Optional.empty(), "", JsonObject.EMPTY, ImageStep.UNKNOWN, "", Trouble.NONE,
                CrashBackOff.NONE, Health.UNKNOWN);
    }

    /**
     * A container of a pod that was here before this process: as the runtime has it, else as the API remembers it. One
     * that ran by the API's knowledge and is not to be found has failed.
     */
    static Progress remembered(ContainerView view, JsonObject status, List<ContainerStatus> found, Instant now) {
        var fresh = fresh(view);
        var attempts = found.stream().filter(c -> c.name().equals(view.name()))
                .sorted(Comparator.comparing(ContainerStatus::attempt).reversed()).toList();
        var last = status.object("lastState", "terminated");
        if (!attempts.isEmpty()) {
            var newest = attempts.getFirst();
            var ended = newest.attempt() > status.at("restartCount").number(0)
                    ? status.object("state", "terminated") : last;
            return new Progress(view, newest.attempt() + 1, Optional.of(newest), "", ended, ImageStep.UNKNOWN,
                    newest.imageRef(), Trouble.NONE, CrashBackOff.NONE, Health.UNKNOWN);
        }
        String id = status.text("containerID");
        if (id.isEmpty()) {
            return fresh;
        }
        int attempt = (int) status.at("restartCount").number(0);
        return new Progress(view, attempt + 1, lost(view, status, attempt, now),
                status.text("state", "terminated", "message"), last, ImageStep.UNKNOWN, status.text("imageID"),
                Trouble.NONE, CrashBackOff.NONE, Health.UNKNOWN);
    }

    private static Optional<ContainerStatus> lost(ContainerView view, JsonObject status, int attempt, Instant now) {
        var ended = status.object("state", "terminated");
        if (status.object("state").has("waiting")) {
            return Optional.empty();
        }
        boolean known = !ended.isEmpty();
        var started = Times.parse(known ? ended.text("startedAt") : status.text("state", "running", "startedAt"))
                .orElse(Instant.EPOCH);
        String id = status.text("containerID").replaceFirst("^[^:]*://", "");
        return Optional.of(new ContainerStatus(id, "", view.name(), attempt, ContainerState.EXITED,
                known ? (int) ended.at("exitCode").number(LOST_EXIT) : LOST_EXIT,
                known ? ended.text("reason") : LOST, known ? "" : LOST_MESSAGE, started, started,
                known ? Times.parse(ended.text("finishedAt")).orElse(now) : now, view.image(),
                status.text("imageID"), Map.of(), Map.of()));
    }

    String name() {
        return view.name();
    }

    boolean running() {
        return current.isPresent() && current.get().running();
    }

    boolean exited() {
        return current.isPresent() && current.get().exited();
    }

    boolean succeeded() {
        return exited() && current.get().exitCode() == 0;
    }

    /** Exited, and not to be started again under this policy. */
    boolean over(RestartPolicy policy) {
        if (!exited()) {
            return false;
        }
        return switch (policy) {
            case NEVER -> true;
            case ON_FAILURE -> succeeded();
            case ALWAYS -> view.init() && succeeded();
        };
    }

    boolean ready() {
        return view.init() ? succeeded() : running() && health.started() && health.ready();
    }

    /** When an exited container may be started again. */
    Instant restartAt() {
        return current.map(c -> backOff.restartAt(c.finished())).orElse(Instant.EPOCH);
    }

    /** The terminated state of the newest attempt, as the API spells it. */
    JsonObject terminated(String runtime) {
        var c = current.orElseThrow();
        String message = c.message().isEmpty() ? exitMessage : c.message();
        var state = JsonObject.builder().put("exitCode", c.exitCode()).putText("reason", reason(c))
                .putText("message", message);
        state.put("startedAt", Times.seconds(c.started()));
        return state.put("finishedAt", Times.seconds(c.finished()))
                .put("containerID", runtime + "://" + c.id()).build();
    }

    private static String reason(ContainerStatus c) {
        return c.reason().isEmpty() ? c.exitCode() == 0 ? "Completed" : "Error" : c.reason();
    }

    Progress with(ImageStep step, String id) {
        return new Progress(view, attempts, current, exitMessage, last, step, id.isEmpty() ? imageId : id,
                step == ImageStep.PRESENT ? Trouble.NONE : trouble, backOff, health);
    }

    Progress with(Trouble newTrouble) {
        return new Progress(view, attempts, current, exitMessage, last, image, imageId, newTrouble, backOff, health);
    }

    Progress with(Health newHealth) {
        return new Progress(view, attempts, current, exitMessage, last, image, imageId, trouble, backOff, newHealth);
    }

    Progress withMessage(String message) {
        return new Progress(view, attempts, current, message, last, image, imageId, trouble, backOff, health);
    }

    /** The runtime tells something new of the newest attempt. */
    Progress seen(ContainerStatus status, String message, Health first) {
        boolean same = current.isPresent() && current.get().id().equals(status.id());
        if (same && current.get().exited()) {
            return this;
        }
        return new Progress(view, Math.max(attempts, status.attempt() + 1), Optional.of(status), message, last,
                status.exited() ? ImageStep.UNKNOWN : image, status.imageRef().isEmpty() ? imageId : status.imageRef(),
                Trouble.NONE, backOff, same ? health : first);
    }

    /** A new attempt takes the place of the one that ended. */
    Progress restarting(String runtime, Instant now) {
        var before = current.filter(ContainerStatus::exited);
        if (before.isEmpty()) {
            return this;
        }
        return new Progress(view, attempts, Optional.empty(), "", terminated(runtime), image, imageId, Trouble.NONE,
                backOff.next(before.get().finished(), now), Health.UNKNOWN);
    }
}
