package dev.starling.node.agent;

import dev.starling.node.agent.Progress.Health;
import dev.starling.node.agent.Progress.ImageStep;
import dev.starling.node.pod.ContainerView;
import dev.starling.node.pod.PodView;
import dev.starling.node.runtime.ContainerStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * All that an agent knows of its pod beside the object: a value, so that plans and statuses are pure functions of it.
 *
 * @param containers by name, init containers first, in the order of the specification
 * @param busy what is under way and not to be begun again
 * @param billingStart when the pod began to cost; empty before
 * @param billingEnd when it ceased to cost; empty before
 */
record PodState(SandboxStep sandbox, VolumeStep volumes, Map<String, Progress> containers, Set<String> busy,
        Ending ending, Instant startTime, Optional<Instant> billingStart, Optional<Instant> billingEnd, boolean gone) {

    /** Whether the pod's volumes can be mounted into containers. */
    record VolumeStep(boolean ready, Trouble trouble) {
        static final VolumeStep NONE = new VolumeStep(false, Trouble.NONE);
    }

    PodState {
        containers = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(containers));
        busy = Set.copyOf(busy);
    }

    /** The state of a pod of which the runtime holds these containers. */
    static PodState of(PodView pod, List<ContainerStatus> found, Instant now) {
        var containers = new LinkedHashMap<String, Progress>();
        for (ContainerView view : pod.allContainers()) {
            var progress = Progress.remembered(view, pod.containerStatus(view.name()), found, now);
            containers.put(view.name(), progress.with(firstHealth(view)));
        }
        return new PodState(SandboxStep.NONE, VolumeStep.NONE, containers, Set.of(), Ending.NONE,
                pod.object().time("status", "startTime").orElse(now), Receipt.billingStart(pod),
                Receipt.billingEnd(pod), false);
    }

    List<Progress> initContainers() {
        return containers.values().stream().filter(c -> c.view().init()).toList();
    }

    List<Progress> mainContainers() {
        return containers.values().stream().filter(c -> !c.view().init()).toList();
    }

    /** True once every init container has succeeded. */
    boolean initialized() {
        return started() || initContainers().stream().allMatch(Progress::succeeded);
    }

    /** True once a main container was created: init containers never run again in this sandbox. */
    boolean started() {
        return mainContainers().stream().anyMatch(c -> c.current().isPresent() || !c.last().isEmpty());
    }

    /** Every container ended for good, or an init container failed for good, or the API knows of the end. */
    boolean over(PodView pod) {
        var policy = pod.restartPolicy();
        boolean failedInit = initContainers().stream().anyMatch(c -> c.over(policy) && !c.succeeded());
        return failedInit && !anyRunning() || pod.terminal()
                || !mainContainers().isEmpty() && mainContainers().stream().allMatch(c -> c.over(policy));
    }

    /** Nothing of the pod runs, and nothing will. A pull that is under way goes on, but nobody waits for it. */
    boolean ended(PodView pod) {
        boolean ending = gone || pod.deleting() || !this.ending.none();
        return sandbox.removed() || over(pod) || ending && !anyRunning() && !busyWith("start/")
                && !busy.contains("claim") && !busy.contains("volumes");
    }

    boolean anyRunning() {
        return containers.values().stream().anyMatch(c -> c.current().isPresent() && !c.exited());
    }

    boolean everRan() {
        return containers.values().stream().anyMatch(c -> c.current().isPresent() || !c.last().isEmpty());
    }

    boolean busyWith(String prefix) {
        return busy.stream().anyMatch(key -> key.startsWith(prefix));
    }

    Progress container(String name) {
        return Optional.ofNullable(containers.get(name))
                .orElseThrow(() -> new IllegalArgumentException("no container " + name));
    }

    PodState with(SandboxStep step) {
        return new PodState(step, volumes, containers, busy, ending, startTime, billingStart, billingEnd, gone);
    }

    PodState with(VolumeStep step) {
        return new PodState(sandbox, step, containers, busy, ending, startTime, billingStart, billingEnd, gone);
    }

    PodState with(Ending end) {
        return new PodState(sandbox, volumes, containers, busy, end, startTime, billingStart, billingEnd, gone);
    }

    PodState withBusy(Collection<String> keys) {
        return new PodState(sandbox, volumes, containers, Set.copyOf(keys), ending, startTime, billingStart,
                billingEnd, gone);
    }

    PodState begun(String key) {
        var more = new HashSet<>(busy);
        more.add(key);
        return withBusy(more);
    }

    PodState done(String key) {
        var fewer = new HashSet<>(busy);
        fewer.remove(key);
        return withBusy(fewer);
    }

    PodState billedFrom(Instant start) {
        return billingStart.isPresent() ? this : new PodState(sandbox, volumes, containers, busy, ending, startTime,
                Optional.of(start), billingEnd, gone);
    }

    PodState billedUntil(Instant end) {
        return new PodState(sandbox, volumes, containers, busy, ending, startTime, billingStart, Optional.of(end),
                gone);
    }

    PodState withGone() {
        return new PodState(sandbox, volumes, containers, busy, ending, startTime, billingStart, billingEnd, true);
    }

    PodState change(String name, UnaryOperator<Progress> change) {
        var changed = new LinkedHashMap<>(containers);
        changed.computeIfPresent(name, (key, progress) -> change.apply(progress));
        return new PodState(sandbox, volumes, changed, busy, ending, startTime, billingStart, billingEnd, gone);
    }

    /** The runtime told of a container of this pod. */
    PodState seen(ContainerStatus status, String exitMessage) {
        return change(status.name(), progress -> old(progress, status) ? progress
                : progress.seen(status, exitMessage, firstHealth(progress.view())));
    }

    /** News of an attempt that another has taken the place of. */
    private static boolean old(Progress progress, ContainerStatus status) {
        return status.attempt() + 1 < progress.attempts()
                || progress.current().isEmpty() && progress.last().text("containerID").endsWith("/" + status.id());
    }

    private static Health firstHealth(ContainerView view) {
        return new Health(!view.hasProbe("startupProbe"), !view.hasProbe("readinessProbe"));
    }

    /** What a container that ended had left as its message. */
    PodState exitMessage(ContainerStatus status, String message) {
        return change(status.name(), p -> p.current().filter(c -> c.id().equals(status.id())).isPresent()
                ? p.withMessage(message) : p);
    }

    /** Something that the pod refers to has changed: what failed for want of it is due now, the rest is refreshed. */
    PodState sourcesChanged() {
        var state = volumes.ready() ? begun("refresh") : with(new VolumeStep(false, volumes.trouble().dueNow()));
        for (var container : containers.values()) {
            if (container.trouble().reason().equals("CreateContainerConfigError")) {
                state = state.change(container.name(), p -> p.with(p.trouble().dueNow()));
            }
        }
        return state;
    }

    PodState image(String name, ImageStep step, String id) {
        return change(name, progress -> progress.with(step, id));
    }

    /** When the last container ended, if any ever ran in this process's knowledge. */
    Optional<Instant> lastFinished() {
        return containers.values().stream().flatMap(c -> c.current().stream()).filter(ContainerStatus::exited)
                .map(ContainerStatus::finished).max(Instant::compareTo);
    }
}
