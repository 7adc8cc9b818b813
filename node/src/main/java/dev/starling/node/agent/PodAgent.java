package dev.starling.node.agent;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.Patch;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonWriter;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import dev.starling.node.pod.PodView;
import dev.starling.node.pod.Resources;
import dev.starling.node.pod.Unsupported;
import dev.starling.node.pool.Claim;
import dev.starling.node.runtime.ContainerStatus;
import dev.starling.node.streams.PodSight;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Carries one pod from its binding to its end. A passive loop with a mailbox: each step takes the messages, thinks
 * with {@link PodPlan}, begins what is to be done, and brings the status to the API. Everything that may wait runs
 * beside the loop and comes back as a message; the mailbox holds at most a few for each thing under way.
 */
final class PodAgent implements Loop {
    /** How long a failed pull is told as an error before it is told as a back-off. */
    static final Duration ERROR_SHOWN = Duration.ofSeconds(2);
    private static final System.Logger LOG = System.getLogger(PodAgent.class.getName());
    private static final Duration LAZY = Duration.ofMillis(300);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration REFRESH = Duration.ofSeconds(20);

    /** News: how it changes what the agent knows. Applied within the loop. */
    interface Message {
        PodState apply(PodState state);
    }

    private final NodeParts parts;
    private final String uid;
    private final ConcurrentLinkedQueue<Message> mailbox = new ConcurrentLinkedQueue<>();
    private final PodWork work;
    private final PodProbes probes;
    private final Receipt receipt;
    private final Watcher watcher;
    private volatile Optional<Driver.Running> running = Optional.empty();
    private volatile PodState shown; // the state after the newest step
    private volatile Optional<Ending> asked = Optional.empty(); // written by the loop
    private volatile KubeObject object; // the newest that is known; written by offer, under its lock

    // Owned by the loop:
    private PodState state;
    private boolean patching;
    private boolean reserved;
    private Instant lazySince = Instant.MAX;
    private Instant patchNotBefore = Instant.EPOCH;
    private Instant refreshAt = Instant.MAX;
    private Optional<Thought> thought = Optional.empty();

    /** The status that follows from what was known at a time. */
    private record Thought(PodView pod, PodState state, Instant now, JsonObject status) {
    }

    /** Who wants to know how the agent fares. */
    interface Watcher {
        /** The pod is gone from the API and from the host. */
        void over(String uid);

        /** Something may have moved. */
        void moved();
    }

    PodAgent(NodeParts parts, KubeObject pod, PodState state, Receipt receipt, Watcher watcher) {
        this.parts = parts;
        this.uid = pod.uid();
        this.object = pod;
        this.state = state;
        this.shown = state;
        this.receipt = receipt;
        this.watcher = watcher;
        this.work = new PodWork(parts, this, receipt);
        this.probes = new PodProbes(parts, this);
        this.reserved = !state.sandbox().removed() && state.sandbox().claim().isPresent();
    }

    void start() {
        var started = parts.driver().start(this);
        running = Optional.of(started);
        started.wake();
    }

    /** Lets go of the pod, which stays as it is. */
    void close() {
        running.ifPresent(Driver.Running::close);
    }

    String uid() {
        return uid;
    }

    /** The pod as it is known now. */
    PodView pod() {
        return new PodView(object);
    }

    void post(Message message) {
        mailbox.add(message);
        running.ifPresent(Driver.Running::wake);
    }

    /** The API told of this pod. */
    void changed(KubeObject newer) {
        offer(newer);
        running.ifPresent(Driver.Running::wake);
    }

    /** The pod's object is gone from the API. */
    void gone() {
        post(PodState::withGone);
    }

    /** Something that the pod refers to has changed. */
    void sourcesChanged() {
        post(PodState::sourcesChanged);
    }

    /** The runtime tells of a container of this pod; what is known already costs nothing. */
    void look(ContainerStatus status) {
        var known = Optional.ofNullable(shown.containers().get(status.name())).flatMap(Progress::current);
        boolean starting = status.running() && shown.busy().contains("start/" + status.name());
        boolean news = !starting && (known.isEmpty() || !known.get().id().equals(status.id())
                || known.get().state() != status.state());
        if (news) {
            work.look(status);
        }
    }

    /** Ends a pod that has something here, or is just about to; others are begun no more: the next process may. */
    void end(Ending ending) {
        post(s -> {
            asked = Optional.of(ending);
            return s;
        });
    }

    /** An end was asked for, and nothing of the pod is left here. */
    boolean settled() {
        var seen = shown;
        return seen.sandbox().removed()
                || asked.isPresent() && seen.sandbox().claim().isEmpty() && !seen.busy().contains("claim");
    }

    PodSight sight() {
        var seen = shown;
        var containers = new HashMap<String, ContainerStatus>();
        seen.containers().forEach((name, c) -> c.current().ifPresent(status -> containers.put(name, status)));
        return new PodSight(pod(), seen.sandbox().removed() ? ""
                : seen.sandbox().claim().map(Claim::sandboxId).orElse(""), containers, parts.host());
    }

    private synchronized void offer(KubeObject newer) {
        if (!newer.uid().equals(uid)) {
            return;
        }
        if (version(newer) >= version(object)) {
            object = newer;
        }
    }

    private static long version(KubeObject pod) {
        String version = pod.resourceVersion();
        return version.chars().allMatch(Character::isDigit) && !version.isEmpty() ? Long.parseLong(version) : 0;
    }

    @Override
    public String name() {
        return "pod-" + object.namespacedName();
    }

    @Override
    public Next step(Instant now) {
        take();
        if (state.sandbox().removed() && state.gone()) {
            work.forget();
            watcher.over(uid);
            return Next.OVER;
        }
        var pod = pod();
        reserve(pod, now);
        probes.stops().forEach(stop -> act(stop, now));
        settle(pod, now);
        var plan = PodPlan.of(pod, state, reported(pod, now), now);
        boolean held = asked.isPresent() && state.sandbox().claim().isEmpty() && !state.ended(pod);
        if (!held) {
            plan.actions().forEach(action -> act(action, now));
        }
        var wakeAt = earlier(held ? Instant.MAX : plan.wakeAt(), probes.begin(pod, state, now));
        wakeAt = earlier(wakeAt, refresh(pod, now));
        settle(pod, now);
        wakeAt = earlier(wakeAt, publish(pod, now));
        shown = state;
        watcher.moved();
        return wakeAt.equals(Instant.MAX) ? Next.WHEN_WOKEN : Next.at(wakeAt);
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private void take() {
        for (var next = Optional.ofNullable(mailbox.poll()); next.isPresent();
                next = Optional.ofNullable(mailbox.poll())) {
            state = next.get().apply(state);
        }
        if (asked.isPresent() && state.ending().none() && state.sandbox().claim().isPresent()
                && !state.sandbox().removed()) {
            state = state.with(asked.get());
        }
    }

    private void reserve(PodView pod, Instant now) {
        if (reserved || state.ended(pod)) {
            return;
        }
        reserved = true;
        Unsupported.unenforced(pod.spec()).forEach(line -> parts.events().warning(pod.object(), "NotEnforced", line));
        var shortage = parts.pool().reserve(uid, Resources.requests(pod));
        shortage.ifPresent(s -> {
            parts.events().warning(pod.object(), s.reason(), s.message());
            state = state.with(new Ending(s.reason(), "Pod was rejected: " + s.message()));
        });
    }

    /** What follows at once from the end of the pod: its share of the pool is free, and it costs no more. */
    private void settle(PodView pod, Instant now) {
        if (!state.ended(pod)) {
            return;
        }
        parts.pool().release(uid);
        if (state.billingStart().isPresent() && state.billingEnd().isEmpty()) {
            state = state.billedUntil(state.lastFinished().orElse(now));
        }
    }

    private void act(Action action, Instant now) {
        state = state.begun(action.key());
        switch (action) {
            case Action.End(var ending) -> {
                parts.events().normal(object, ending.reason(), ending.message());
                state = state.with(ending);
            }
            case Action.LookForImage(var container) -> {
                state = state.billedFrom(now);
                work.begin(action, state);
            }
            case Action.StartContainer(var container) -> {
                var before = state.container(container);
                String obsolete = before.last().text("containerID");
                state = state.change(container, p -> p.restarting(parts.facts().runtime(), now));
                if (!obsolete.isEmpty()) {
                    work.removeContainer(obsolete.replaceFirst("^[^:]*://", ""));
                    work.removeFiles(container, before.attempts() - 2);
                }
                work.begin(action, state);
            }
            case Action.ClaimSandbox a -> work.begin(action, state);
            case Action.MountVolumes a -> work.begin(action, state);
            case Action.PullImage a -> work.begin(action, state);
            case Action.StopContainer a -> work.begin(action, state);
            case Action.Release a -> work.begin(action, state);
            case Action.Delete a -> work.begin(action, state);
        }
    }

    /** Volumes that change are brought up to date when something changed, and now and then. */
    private Instant refresh(PodView pod, Instant now) {
        if (!state.volumes().ready() || state.ended(pod) || !parts.volumes().changes(pod)
                && !parts.volumes().limited(pod)) {
            return Instant.MAX;
        }
        if (refreshAt.equals(Instant.MAX)) {
            refreshAt = now.plus(REFRESH);
        }
        boolean asked = state.busy().contains("refresh");
        if ((asked || !now.isBefore(refreshAt)) && !state.busy().contains("refreshing")) {
            state = state.done("refresh").begun("refreshing");
            refreshAt = now.plus(REFRESH);
            parts.driver().run("volumes-" + uid, () -> work.refreshVolumes(state.sandbox().ip()));
        }
        return refreshAt;
    }

    private JsonObject annotations(PodView pod, Instant now) {
        var old = pod.object().annotations();
        var changes = JsonObject.builder();
        state.billingStart().filter(t -> !old.containsKey(Receipt.BILLING_START))
                .ifPresent(t -> changes.put(Receipt.BILLING_START, Times.micros(t)));
        state.billingEnd().filter(t -> !old.containsKey(Receipt.BILLING_END))
                .ifPresent(t -> changes.put(Receipt.BILLING_END, Times.micros(t)));
        if (!old.containsKey(Receipt.ANNOTATION) && state.mainContainers().stream().allMatch(Progress::ready)) {
            state.mainContainers().stream().flatMap(c -> c.current().stream()).map(ContainerStatus::started)
                    .max(Instant::compareTo).ifPresent(t -> receipt.ready(t, now));
            changes.put(Receipt.ANNOTATION, JsonWriter.text(receipt.json(now)));
        }
        return changes.build();
    }

    private boolean reported(PodView pod, Instant now) {
        return !patching && PodStatus.change(pod.status(), status(pod, now)).isEmpty()
                && (state.billingEnd().isEmpty() || Receipt.billingEnd(pod).isPresent());
    }

    /** A step asks for it twice, and most steps change nothing in between. */
    private JsonObject status(PodView pod, Instant now) {
        boolean known = thought.filter(t -> t.pod() == pod && t.state() == state && t.now().equals(now)).isPresent();
        if (!known) {
            thought = Optional.of(new Thought(pod, state, now, PodStatus.of(pod, state, parts.facts(), now)));
        }
        return thought.orElseThrow().status();
    }

    /** Brings the status to the API if it differs; says when to look again. */
    private Instant publish(PodView pod, Instant now) {
        if (patching || state.gone() || state.sandbox().removed()) {
            return Instant.MAX;
        }
        var status = status(pod, now);
        var change = PodStatus.change(pod.status(), status);
        boolean bill = state.billingEnd().isPresent() && Receipt.billingEnd(pod).isEmpty();
        if (change.isEmpty() && !bill) {
            lazySince = Instant.MAX;
            return Instant.MAX;
        }
        if (now.isBefore(patchNotBefore)) {
            return patchNotBefore;
        }
        if (!urgent(pod, status)) {
            lazySince = earlier(lazySince, now);
            if (now.isBefore(lazySince.plus(LAZY))) {
                return lazySince.plus(LAZY);
            }
        }
        lazySince = Instant.MAX;
        patching = true;
        var metadata = JsonObject.builder().put("uid", uid);
        var annotations = annotations(pod, now);
        if (!annotations.isEmpty()) {
            metadata.put("annotations", annotations);
        }
        var patch = JsonObject.of("metadata", metadata.build(), "status", change);
        parts.driver().run("status-" + uid, () -> patch(patch));
        return Instant.MAX;
    }

    /** A pod that is only being prepared need not say so at once, unless it must be on record that it costs. */
    private boolean urgent(PodView pod, JsonObject status) {
        boolean preparing = status.text("phase").equals("Pending")
                && state.containers().values().stream().allMatch(c -> c.current().isEmpty() && c.trouble().none());
        boolean pulls = state.containers().values().stream().anyMatch(c -> c.image() == Progress.ImageStep.ABSENT);
        return !preparing || pulls && Receipt.billingStart(pod).isEmpty();
    }

    /** Whatever comes of it, the next step may patch again: at once after a success, else after a pause. */
    private void patch(JsonObject patch) {
        var key = Kinds.PODS.key(object.namespace(), object.name()).sub("status");
        var notBefore = parts.driver().clock().instant().plus(RETRY);
        try {
            offer(parts.api().patch(key, new Patch.Merge(patch)));
            notBefore = Instant.EPOCH;
        } catch (ApiException e) {
            boolean gone = e.is(ApiException.Reason.NOT_FOUND);
            LOG.log(gone ? Level.DEBUG : Level.WARNING, "status refused pod=" + name() + " why=" + e.getMessage());
        } finally {
            var next = notBefore;
            post(s -> {
                patching = false;
                patchNotBefore = next;
                return s;
            });
        }
    }
}
