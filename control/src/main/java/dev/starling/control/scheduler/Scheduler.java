package dev.starling.control.scheduler;

import dev.starling.control.workload.Conditions;
import dev.starling.control.workload.Pods;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.Patch;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Binds waiting pods to nodes: one step takes all that are due, lets the {@link Placer} decide on one image, assumes,
 * and writes the bindings side by side, so that they share a commit. A binding that fails is forgotten and tried
 * again; a pod that fits nowhere waits until a node, a pod or a profile changes.
 *
 * <p>The image and the backlog belong to the loop. Informers and finished writes only leave notes for it.
 */
public final class Scheduler implements Loop {
    /** Pods that name another scheduler are left to it. */
    public static final String NAME = "default-scheduler";
    private static final int BATCH = 512;
    private static final int MOST_WRITES_UNDER_WAY = 1024;

    /** What happened outside the loop, to be taken in by it. */
    private sealed interface Note {
        record PodChanged(Optional<KubeObject> before, Optional<KubeObject> after) implements Note {
        }

        record NodeChanged(Optional<KubeObject> before, Optional<KubeObject> after) implements Note {
        }

        record ProfilesChanged() implements Note {
        }

        /** @param gone the pod that was written about is no more */
        record WriteFailed(KubeObject pod, boolean gone) implements Note {
        }
    }

    private final KubeApi api;
    private final SchedulerImages images;
    private final EventRecorder events;
    private final Driver driver;
    /** Filled by informers, which are bounded by what they watch, and by writes under way, which are bounded. */
    private final ConcurrentLinkedQueue<Note> notes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger writing = new AtomicInteger();
    private final AtomicBoolean profilesChanged = new AtomicBoolean();
    private volatile Optional<Driver.Running> running = Optional.empty();

    private final ClusterImage cluster = new ClusterImage(); // owned by the loop
    private final Backlog backlog = new Backlog(); // owned by the loop
    private ProfileSelection profiles = ProfileSelection.of(List.of()); // owned by the loop

    /** What the scheduler reads. It does not start the informers. */
    public record SchedulerImages(Informer pods, Informer nodes, Informer profiles) {
    }

    /** Listens to the informers, so it is made before they start. */
    public Scheduler(KubeApi api, SchedulerImages images, EventRecorder events, Driver driver) {
        this.api = api;
        this.images = images;
        this.events = events;
        this.driver = driver;
        images.pods().onChange((before, after) -> note(new Note.PodChanged(before, after)));
        images.nodes().onChange((before, after) -> note(new Note.NodeChanged(before, after)));
        images.profiles().onChange((before, after) -> profilesMayHaveChanged());
        List.of(images.pods(), images.nodes(), images.profiles()).forEach(i -> i.onProgress(this::wake));
    }

    private void profilesMayHaveChanged() {
        if (profilesChanged.compareAndSet(false, true)) {
            note(new Note.ProfilesChanged());
        }
    }

    /** Starts scheduling; closing what is returned stops it. */
    public AutoCloseable start() {
        var started = driver.start(this);
        running = Optional.of(started);
        started.wake();
        return started;
    }

    @Override
    public String name() {
        return "scheduler";
    }

    @Override
    public Next step(Instant now) {
        if (!images.pods().synced() || !images.nodes().synced() || !images.profiles().synced()) {
            return Next.WHEN_WOKEN;
        }
        for (var note = notes.poll(); note != null; note = notes.poll()) {
            take(note, now);
        }
        int room = Math.min(BATCH, MOST_WRITES_UNDER_WAY - writing.get());
        if (room <= 0) {
            return Next.WHEN_WOKEN;
        }
        var batch = backlog.take(now, room);
        if (!batch.isEmpty()) {
            decide(batch, now);
        }
        return backlog.nextDue().map(Next::at).orElse(Next.WHEN_WOKEN);
    }

    private void take(Note note, Instant now) {
        switch (note) {
            case Note.PodChanged(var before, var after) -> podChanged(before, after, now);
            case Note.NodeChanged(var before, var after) -> nodeChanged(before, after, now);
            case Note.ProfilesChanged() -> {
                profilesChanged.set(false);
                profiles = ProfileSelection.of(images.profiles().all());
                backlog.retryAll(now);
            }
            case Note.WriteFailed(var pod, var gone) -> writeFailed(pod, gone, now);
        }
    }

    /** Says nothing of a later pod of the same name: that one's changes are told by the informer. */
    private void writeFailed(KubeObject pod, boolean gone, Instant now) {
        String key = pod.namespacedName();
        if (find(key).filter(later -> !later.uid().equals(pod.uid())).isPresent()) {
            return;
        }
        cluster.forget(key);
        if (gone) {
            backlog.remove(key);
        } else {
            backlog.failed(key, now);
        }
    }

    private void podChanged(Optional<KubeObject> before, Optional<KubeObject> after, Instant now) {
        String key = after.or(() -> before).orElseThrow().namespacedName();
        boolean freed = before.filter(p -> !Pods.node(p).isEmpty() && !Pods.terminal(p)).isPresent()
                && after.filter(p -> !Pods.terminal(p)).isEmpty();
        after.ifPresentOrElse(cluster::pod, () -> cluster.podGone(key));
        if (after.filter(Scheduler::waits).isEmpty()) {
            backlog.remove(key);
        } else if (before.isEmpty() || asksOtherwise(before.get(), after.get())) {
            backlog.add(key, now);
        }
        if (freed) {
            backlog.retryAll(now);
        }
    }

    private void nodeChanged(Optional<KubeObject> before, Optional<KubeObject> after, Instant now) {
        after.ifPresentOrElse(cluster::node, () -> cluster.nodeGone(before.orElseThrow().name()));
        if (before.isEmpty() || after.filter(node -> offersTheSame(before.get(), node)).isEmpty()) {
            backlog.retryAll(now);
        }
    }

    private static boolean offersTheSame(KubeObject before, KubeObject after) {
        return before.spec().equals(after.spec()) && before.labels().equals(after.labels())
                && before.status().object("allocatable").equals(after.status().object("allocatable"));
    }

    private static boolean asksOtherwise(KubeObject before, KubeObject after) {
        return !before.uid().equals(after.uid()) || !waits(before) || !before.spec().equals(after.spec())
                || !before.labels().equals(after.labels());
    }

    /** Whether a pod waits for this scheduler to find a node. */
    static boolean waits(KubeObject pod) {
        String scheduler = pod.spec().text("schedulerName");
        return Pods.node(pod).isEmpty() && Pods.active(pod) && (scheduler.isEmpty() || scheduler.equals(NAME))
                && pod.spec().array("schedulingGates").isEmpty();
    }

    private void decide(List<String> keys, Instant now) {
        var pods = keys.stream().map(this::find).flatMap(Optional::stream)
                .filter(pod -> waits(pod) && !cluster.placed(pod.namespacedName())).toList();
        for (var decision : Placer.place(pods, cluster.nodes(), profiles)) {
            switch (decision) {
                case Decision.Bind bind -> {
                    cluster.assume(bind.pod(), bind.node());
                    write("bind", () -> bind(bind));
                }
                case Decision.Refuse refuse -> {
                    backlog.refused(refuse.pod().namespacedName());
                    write("refuse", () -> refuse(refuse, now));
                }
            }
        }
    }

    private Optional<KubeObject> find(String key) {
        int slash = key.indexOf('/');
        return images.pods().find(key.substring(0, slash), key.substring(slash + 1));
    }

    private void write(String name, Runnable task) {
        writing.incrementAndGet();
        driver.run("scheduler-" + name, () -> {
            try {
                task.run();
            } finally {
                writing.decrementAndGet();
                wake();
            }
        });
    }

    private void bind(Decision.Bind bind) {
        var pod = bind.pod();
        var key = pod.key(Kinds.PODS);
        try {
            api.create(key.sub("binding"), binding(bind));
            events.normal(pod, "Scheduled", "Successfully assigned " + key.namespacedName() + " to " + bind.node());
        } catch (ApiException e) {
            if (!e.is(Reason.NOT_FOUND)) {
                events.warning(pod, "FailedScheduling", "binding rejected: " + e.getMessage());
            }
            note(new Note.WriteFailed(pod, e.is(Reason.NOT_FOUND)));
        }
    }

    /** The binding names the pod's uid, so that a later pod of the same name is never bound by it. */
    static KubeObject binding(Decision.Bind bind) {
        var metadata = JsonObject.builder().put("name", bind.pod().name()).put("namespace", bind.pod().namespace())
                .putText("uid", bind.pod().uid());
        bind.profile().ifPresent(name -> metadata.put("labels", JsonObject.of(ProfileSelection.LABEL, name)));
        return KubeObject.of(JsonObject.of("apiVersion", "v1", "kind", "Binding", "metadata", metadata.build(),
                "target", JsonObject.of("apiVersion", "v1", "kind", "Node", "name", bind.node())));
    }

    private void refuse(Decision.Refuse refuse, Instant now) {
        var pod = refuse.pod();
        events.warning(pod, "FailedScheduling", refuse.why());
        unscheduled(pod, refuse.why(), now).ifPresent(patch -> {
            try {
                api.patch(status(pod), patch);
            } catch (ApiException e) {
                // The pod went away, or changed: what it is now will be decided on anew.
                note(new Note.WriteFailed(pod, e.is(Reason.NOT_FOUND)));
            }
        });
    }

    private static ObjectKey status(KubeObject pod) {
        return pod.key(Kinds.PODS).sub("status");
    }

    /**
     * The patch by which a pod tells why it has no node; nothing if it says so already. It holds only for the pod as
     * it was seen: one that was bound meanwhile, or made again under its name, is left alone.
     */
    static Optional<Patch> unscheduled(KubeObject pod, String why, Instant now) {
        var old = Conditions.of(pod.status());
        var said = old.with(Conditions.Said.no("PodScheduled", "Unschedulable", why), now);
        if (said.equals(old)) {
            return Optional.empty();
        }
        Json condition = said.find("PodScheduled").orElseThrow();
        return Optional.of(new Patch.Strategic(JsonObject.of(
                "metadata", JsonObject.of("uid", pod.uid(), "resourceVersion", pod.resourceVersion()),
                "status", JsonObject.of("conditions", JsonArray.of(List.of(condition))))));
    }

    private void note(Note note) {
        notes.add(note);
        wake();
    }

    private void wake() {
        running.ifPresent(Driver.Running::wake);
    }
}
