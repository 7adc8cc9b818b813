package dev.starling.control.scheduler;

import dev.starling.control.scheduler.DecisionWriter.Ending;
import dev.starling.control.workload.Pods;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.metric.Metric;
import dev.starling.kube.metric.MetricSource;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Binds waiting pods to nodes: one step takes all that are due, the important first, lets the {@link Placer} decide on
 * each, assumes what was decided so that the next one sees it, and writes the bindings side by side, so that they
 * share a commit. A binding that fails is forgotten and tried again; a pod that fits nowhere waits until something
 * happens that may help it.
 *
 * <p>The image and the backlog belong to the loop. Informers and finished writes only leave notes for it.
 */
public final class Scheduler implements Loop, MetricSource {
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

        record NamespaceChanged(Optional<KubeObject> before, Optional<KubeObject> after) implements Note {
        }

        record ProfilesChanged() implements Note {
        }

        record VolumesChanged() implements Note {
        }

        record GroupsChanged() implements Note {
        }

        /** @param gone the pod that was written about is no more */
        record WriteFailed(KubeObject pod, boolean gone) implements Note {
        }

        record EvictionFailed(String pod) implements Note {
        }
    }

    private final DecisionWriter writer;
    private final SchedulerImages images;
    private final Driver driver;
    /** Filled by informers, which are bounded by what they watch, and by writes under way, which are bounded. */
    private final ConcurrentLinkedQueue<Note> notes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger writing = new AtomicInteger();
    private final AtomicLong bound = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile Backlog.Waiting pending = new Backlog.Waiting(0, 0, 0);
    private final AtomicBoolean profilesChanged = new AtomicBoolean();
    private final AtomicBoolean groupsChanged = new AtomicBoolean();
    private final AtomicBoolean volumesChanged = new AtomicBoolean();
    private volatile Optional<Driver.Running> running = Optional.empty();

    private final ClusterImage cluster; // owned by the loop
    private final Backlog backlog = new Backlog(); // owned by the loop
    private final Events happened = new Events(); // owned by the loop
    private final Groups groups = new Groups(); // owned by the loop
    private final Provisioning provisioning = new Provisioning(); // owned by the loop

    /** What the scheduler reads. It does not start the informers. */
    public record SchedulerImages(Informer pods, Informer nodes, Informer namespaces, Informer profiles,
            Informer budgets, Informer groups, Informer claims, Informer volumes, Informer classes) {
        public static SchedulerImages of(Function<ResourceType, Informer> informers) {
            return new SchedulerImages(informers.apply(Kinds.PODS), informers.apply(Kinds.NODES),
                    informers.apply(Kinds.NAMESPACES), informers.apply(Kinds.FARGATE_PROFILES),
                    informers.apply(Kinds.POD_DISRUPTION_BUDGETS), informers.apply(Kinds.POD_GROUPS),
                    informers.apply(Kinds.PERSISTENT_VOLUME_CLAIMS), informers.apply(Kinds.PERSISTENT_VOLUMES),
                    informers.apply(Kinds.STORAGE_CLASSES));
        }

        private List<Informer> all() {
            return List.of(pods, nodes, namespaces, profiles, budgets, groups, claims, volumes, classes);
        }
    }

    /** Listens to the informers, so it is made before they start. */
    public Scheduler(KubeApi api, SchedulerImages images, EventRecorder events, Driver driver) {
        this.writer = new DecisionWriter(api, events);
        this.images = images;
        this.driver = driver;
        this.cluster = new ClusterImage(new ClaimVolumes(images.claims(), images.volumes(), images.classes()));
        images.pods().onChange((before, after) -> note(new Note.PodChanged(before, after)));
        images.nodes().onChange((before, after) -> note(new Note.NodeChanged(before, after)));
        images.namespaces().onChange((before, after) -> note(new Note.NamespaceChanged(before, after)));
        images.profiles().onChange((before, after) -> once(profilesChanged, new Note.ProfilesChanged()));
        images.groups().onChange((before, after) -> once(groupsChanged, new Note.GroupsChanged()));
        List.of(images.claims(), images.volumes(), images.classes()).forEach(informer ->
                informer.onChange((before, after) -> once(volumesChanged, new Note.VolumesChanged())));
        images.all().forEach(informer -> informer.onProgress(this::wake));
    }

    private void once(AtomicBoolean noted, Note note) {
        if (noted.compareAndSet(false, true)) {
            note(note);
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

    /** Named as upstream's. */
    @Override
    public List<Metric> metrics() {
        var seen = pending;
        return List.of(waiting("active", seen.ready()), waiting("backoff", seen.paused()),
                waiting("unschedulable", seen.parked()), attempts("scheduled", bound.get()),
                attempts("unschedulable", refused.get()), attempts("error", failed.get()));
    }

    private static Metric waiting(String queue, long pods) {
        return Metric.gauge("scheduler_pending_pods", "Pods that wait for a node.", Map.of("queue", queue), pods);
    }

    private static Metric attempts(String result, long times) {
        return Metric.counter("scheduler_schedule_attempts_total", "Attempts to find nodes for pods.",
                Map.of("result", result), times);
    }

    @Override
    public Next step(Instant now) {
        for (var informer : images.all()) {
            if (!informer.synced()) {
                return Next.WHEN_WOKEN;
            }
        }
        for (var note = notes.poll(); note != null; note = notes.poll()) {
            take(note, now);
        }
        if (!happened.none()) {
            if (backlog.hasParked()) {
                backlog.wake(now, (pod, causes) -> happened.helped(pod, causes, cluster));
            }
            happened.clear();
        }
        endProvisioning(now);
        int room = Math.min(BATCH, MOST_WRITES_UNDER_WAY - writing.get());
        if (room <= 0) {
            return Next.WHEN_WOKEN;
        }
        var batch = backlog.take(now, room);
        if (!batch.isEmpty()) {
            decide(batch, now);
        }
        pending = backlog.waiting();
        return Stream.concat(backlog.nextDue().stream(), provisioning.nextDue().stream())
                .min(Instant::compareTo).map(Next::at).orElse(Next.WHEN_WOKEN);
    }

    private void endProvisioning(Instant now) {
        if (provisioning.nextDue().isEmpty()) {
            return;
        }
        var ended = provisioning.ended(cluster, now);
        ended.made().forEach(this::bind);
        ended.failed().forEach(bind -> writeFailed(bind.pod(), false, now));
    }

    private void take(Note note, Instant now) {
        switch (note) {
            case Note.PodChanged(var before, var after) -> podChanged(before, after, now);
            case Note.NodeChanged(var before, var after) -> nodeChanged(before, after);
            case Note.NamespaceChanged(var before, var after) -> namespaceChanged(before, after);
            case Note.ProfilesChanged() -> {
                profilesChanged.set(false);
                cluster.profiles(ProfileSelection.of(images.profiles().all()));
                happened.profilesChanged();
            }
            case Note.VolumesChanged() -> {
                volumesChanged.set(false);
                happened.volumesChanged();
            }
            case Note.GroupsChanged() -> {
                groupsChanged.set(false);
                happened.groupChanged();
            }
            case Note.WriteFailed(var pod, var gone) -> writeFailed(pod, gone, now);
            case Note.EvictionFailed(var pod) -> cluster.staying(pod);
        }
    }

    /** Says nothing of a later pod of the same name: that one's changes are told by the informer. */
    private void writeFailed(KubeObject pod, boolean gone, Instant now) {
        String key = pod.namespacedName();
        if (find(key).filter(later -> !later.uid().equals(pod.uid())).isPresent()) {
            return;
        }
        cluster.whereabouts(key).ifPresent(happened::podWent);
        cluster.forget(key);
        provisioning.remove(key);
        if (gone) {
            backlog.remove(key);
        } else {
            backlog.failed(key, now);
        }
    }

    private void podChanged(Optional<KubeObject> before, Optional<KubeObject> after, Instant now) {
        String key = after.or(() -> before).orElseThrow().namespacedName();
        var was = cluster.whereabouts(key);
        after.ifPresentOrElse(cluster::pod, () -> cluster.podGone(key));
        var is = cluster.whereabouts(key);
        if (!was.equals(is)) {
            was.ifPresent(happened::podWent);
            is.ifPresent(node -> happened.podCame());
        } else if (is.isPresent() && changesCounts(before, after)) {
            happened.podCame();
            happened.podWent(is.get());
        }
        if (groups.note(before, after)) {
            happened.groupChanged();
        }
        if (after.filter(Scheduler::waits).isEmpty()) {
            backlog.remove(key);
            provisioning.remove(key);
        } else if (before.isEmpty() || asksOtherwise(before.get(), after.get())) {
            nominate(after.get());
            var pod = after.get();
            backlog.add(key, new Backlog.Rank(pod.spec().at("priority").number(0),
                    pod.created().orElse(Instant.EPOCH)), now);
        }
    }

    /** Room is kept for a pod as its status says, also after a restart. */
    private void nominate(KubeObject pod) {
        String node = pod.status().text("nominatedNodeName");
        if (!node.isEmpty()) {
            cluster.nominate(cluster.read(pod), node);
        }
    }

    private static boolean changesCounts(Optional<KubeObject> before, Optional<KubeObject> after) {
        return before.isPresent() && after.isPresent() && (before.get().deleting() != after.get().deleting()
                || !before.get().metadata().object("labels").equals(after.get().metadata().object("labels")));
    }

    private void nodeChanged(Optional<KubeObject> before, Optional<KubeObject> after) {
        if (before.isPresent() && after.filter(node -> offersTheSame(before.get(), node)).isPresent()) {
            return;
        }
        after.ifPresentOrElse(cluster::node, () -> cluster.nodeGone(before.orElseThrow().name()));
        happened.nodeChanged(after.or(() -> before).orElseThrow().name());
    }

    private static boolean offersTheSame(KubeObject before, KubeObject after) {
        return before.spec().equals(after.spec()) && before.labels().equals(after.labels())
                && before.status().object("allocatable").equals(after.status().object("allocatable"))
                && before.status().array("images").equals(after.status().array("images"));
    }

    private void namespaceChanged(Optional<KubeObject> before, Optional<KubeObject> after) {
        after.ifPresentOrElse(cluster::namespace, () -> cluster.namespaceGone(before.orElseThrow().name()));
        happened.namespaceChanged();
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
        var placer = new Placer(cluster, () -> Budgets.of(images.budgets().all()));
        var gangs = new HashSet<String>();
        for (String key : keys) {
            var waiting = waiting(key);
            if (waiting.isEmpty()) {
                continue;
            }
            var gang = Gang.of(waiting.get());
            if (gang.isEmpty()) {
                apply(placer.decide(cluster.read(waiting.get())), now);
            } else if (gangs.add(gang.get())) {
                decideTogether(gang.get(), placer, now);
            }
        }
    }

    private Optional<KubeObject> waiting(String key) {
        return find(key).filter(pod -> waits(pod) && !cluster.placed(key));
    }

    private void decideTogether(String group, Placer placer, Instant now) {
        var members = groups.of(group);
        members.forEach(key -> backlog.take(key, now));
        var pods = members.stream().map(this::waiting).flatMap(Optional::stream).map(cluster::read).toList();
        int slash = group.indexOf('/');
        var object = images.groups().find(group.substring(0, slash), group.substring(slash + 1));
        var incomplete = Gang.incomplete(group, object, members.size());
        var decisions = incomplete.isPresent()
                ? pods.stream().map(pod -> Gang.waits(pod, incomplete.get())).toList()
                : new Gang(placer, cluster).decide(pods, members.stream().filter(cluster::placed).count(),
                        Gang.minCount(object.orElseThrow()));
        decisions.forEach(decision -> apply(decision, now));
    }

    private void apply(Decision decision, Instant now) {
        var pod = decision.pod();
        switch (decision) {
            case Decision.Bind bind -> {
                bound.incrementAndGet();
                cluster.assume(bind.facts(), bind.node());
                happened.podCame();
                if (bind.facts().unmade().isEmpty()) {
                    bind(bind);
                } else {
                    provisioning.add(bind, now);
                    write("select", pod, () -> writer.select(bind));
                }
            }
            case Decision.Refuse refuse -> {
                refused.incrementAndGet();
                if (refuse.nominated().isEmpty()) {
                    cluster.denominate(pod.namespacedName());
                }
                backlog.refused(refuse.facts(), refuse.causes());
                write("refuse", pod, () -> writer.refuse(pod, refuse.why(), refuse.nominated(), now));
            }
            case Decision.Preempt preempt -> preempt(preempt, now);
        }
    }

    private void bind(Decision.Bind bind) {
        var profile = cluster.node(bind.node()).filter(node -> node.facts().virtual())
                .flatMap(node -> bind.facts().profile());
        write("bind", bind.pod(), () -> writer.bind(bind, profile));
    }

    /** The pod waits, with room kept for it, until the others are gone. */
    private void preempt(Decision.Preempt preempt, Instant now) {
        var pod = preempt.pod();
        refused.incrementAndGet();
        displace(preempt);
        cluster.nominate(preempt.facts(), preempt.node());
        backlog.refused(preempt.facts(), EnumSet.of(Objection.Kind.RESOURCE));
        write("nominate", pod, () -> writer.refuse(pod, preempt.why(), preempt.node(), now));
        for (var victim : preempt.victims()) {
            cluster.ending(victim.key());
            run("preempt", () -> {
                if (writer.evict(victim.pod(), pod, preempt.node(), now) == Ending.FAILED) {
                    note(new Note.EvictionFailed(victim.key()));
                }
            });
        }
    }

    /** Room that was kept there for those that matter less is kept no more: they look for another node. */
    private void displace(Decision.Preempt preempt) {
        var displaced = cluster.node(preempt.node()).stream().flatMap(node -> node.nominated().stream())
                .filter(other -> other.priority() < preempt.facts().priority()).toList();
        for (var other : displaced) {
            cluster.denominate(other.key());
            run("displace", () -> writer.denominate(other.pod()));
        }
    }

    private Optional<KubeObject> find(String key) {
        int slash = key.indexOf('/');
        return images.pods().find(key.substring(0, slash), key.substring(slash + 1));
    }

    private void write(String name, KubeObject pod, Supplier<Ending> task) {
        run(name, () -> {
            var ending = task.get();
            if (ending != Ending.DONE) {
                failed.incrementAndGet();
                note(new Note.WriteFailed(pod, ending == Ending.GONE));
            }
        });
    }

    private void run(String name, Runnable task) {
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

    private void note(Note note) {
        notes.add(note);
        wake();
    }

    private void wake() {
        running.ifPresent(Driver.Running::wake);
    }
}
