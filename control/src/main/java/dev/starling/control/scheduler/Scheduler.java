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
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
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

    private static final System.Logger LOG = System.getLogger(Scheduler.class.getName());

    private final DecisionWriter writer;
    private final SchedulerImages images;
    private final Driver driver;
    /** Filled by informers, which are bounded by what they watch, and by writes under way, which are bounded. */
    private final ConcurrentLinkedQueue<Note> notes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger writing = new AtomicInteger();
    private final Outcomes outcomes = new Outcomes();
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
    private final Map<String, Decision.Bind> binding = new HashMap<>(); // owned by the loop; what is under way
    private final Set<String> unreadable = new HashSet<>(); // owned by the loop; pods that were told of in the log

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
        return outcomes.metrics(pending);
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
                happened.nominated(cluster).forEach(pod -> backlog.wake(pod, now));
                backlog.wake(now, this::helped);
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

    /** A pod that can't be judged is tried, and the attempt tells why. */
    private long helped(PodFacts pod, Set<Objection.Kind> causes) {
        try {
            return happened.helped(pod, causes, cluster);
        } catch (RuntimeException e) {
            cannot(pod.key(), e);
            return Long.MAX_VALUE;
        }
    }

    /** Does something about one pod, so that its failure costs no other pod its turn: whether it was done. */
    private boolean attempt(String pod, Runnable task) {
        try {
            task.run();
            return true;
        } catch (RuntimeException e) {
            cannot(pod, e);
            return false;
        }
    }

    private void cannot(String pod, RuntimeException e) {
        outcomes.failed();
        if (unreadable.add(pod)) {
            LOG.log(Level.ERROR, "scheduling failed pod=" + pod, e);
        }
    }

    private void endProvisioning(Instant now) {
        if (provisioning.nextDue().isEmpty()) {
            return;
        }
        var ended = provisioning.ended(cluster, now);
        ended.made().forEach(this::bind);
        ended.failed().forEach(bind -> bindFailed(bind, false, now));
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
            case Note.BindFailed(var bind, var gone) -> bindFailed(bind, gone, now);
            case Note.RefusalFailed(var pod) -> backlog.retry(pod, now);
            case Note.EvictionFailed(var victim, var preemptor) -> {
                cluster.staying(victim);
                backlog.retry(preemptor, now);
            }
        }
    }

    /** Says nothing of what was decided later, of this pod or of another of its name. */
    private void bindFailed(Decision.Bind bind, boolean gone, Instant now) {
        String key = bind.facts().key();
        if (binding.get(key) != bind) {
            return;
        }
        binding.remove(key);
        cluster.whereabouts(key).ifPresent(happened::podWent);
        cluster.forget(key);
        provisioning.remove(key);
        if (gone) {
            backlog.remove(key);
        } else {
            backlog.failed(key, now);
            find(key).ifPresent(pod -> nominate(Optional.empty(), pod));
        }
    }

    private void podChanged(Optional<KubeObject> before, Optional<KubeObject> after, Instant now) {
        String key = after.or(() -> before).orElseThrow().namespacedName();
        var was = cluster.whereabouts(key);
        var kept = cluster.nominated(key);
        if (after.isEmpty() || before.filter(old -> !old.uid().equals(after.get().uid())).isPresent()) {
            cluster.podGone(key);
            leave(key);
        }
        after.ifPresent(pod -> attempt(key, () -> cluster.pod(pod)));
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
        var waiting = after.filter(Scheduler::waits);
        waiting.ifPresentOrElse(pod -> queue(before, pod, now), () -> leave(key));
        kept.filter(node -> cluster.nominated(key).isEmpty()).ifPresent(happened::roomCame);
    }

    private void queue(Optional<KubeObject> before, KubeObject pod, Instant now) {
        nominate(before.filter(old -> waits(old) && old.uid().equals(pod.uid())), pod);
        if (before.isEmpty() || asksOtherwise(before.get(), pod)) {
            backlog.add(pod.namespacedName(), new Backlog.Rank(pod.spec().at("priority").number(0),
                    pod.created().orElse(Instant.EPOCH)), now);
        }
    }

    /** A pod waits no more, or is another one now. */
    private void leave(String key) {
        backlog.remove(key);
        provisioning.remove(key);
        binding.remove(key);
        unreadable.remove(key);
    }

    /** Room is kept for a pod as its status says, when it says something new, and also after a restart. */
    private void nominate(Optional<KubeObject> before, KubeObject pod) {
        String key = pod.namespacedName();
        String was = before.map(Scheduler::nominated).orElse("");
        String is = nominated(pod);
        if (is.equals(was) || cluster.placed(key)) {
            return;
        }
        if (!is.isEmpty()) {
            attempt(key, () -> cluster.nominate(cluster.read(pod), is));
        } else if (cluster.nominated(key).equals(Optional.of(was))) {
            cluster.denominate(key);
        }
    }

    private static String nominated(KubeObject pod) {
        return pod.status().text("nominatedNodeName");
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
                decide(Set.of(key), () -> apply(placer.decide(cluster.read(waiting.get())), now), now);
            } else if (gangs.add(gang.get())) {
                decide(groups.of(gang.get()), () -> decideTogether(gang.get(), placer, now), now);
            }
        }
    }

    /** Those of these pods that can't be decided on are tried again. */
    private void decide(Set<String> keys, Runnable decision, Instant now) {
        if (!attempt(keys.iterator().next(), decision)) {
            keys.stream().filter(key -> !cluster.placed(key)).forEach(key -> backlog.failed(key, now));
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
                cluster.denominate(bind.facts().key()).filter(kept -> !kept.equals(bind.node()))
                        .ifPresent(happened::roomCame);
                cluster.assume(bind.facts(), bind.node());
                binding.put(bind.facts().key(), bind);
                happened.podCame();
                if (bind.facts().unmade().isEmpty()) {
                    bind(bind);
                } else {
                    provisioning.add(bind, now);
                    write("select", () -> writer.select(bind), ending -> {
                        outcomes.supported(ending);
                        bindEnded(bind, ending);
                    });
                }
            }
            case Decision.Refuse refuse -> {
                if (refuse.nominated().isEmpty()) {
                    cluster.denominate(pod.namespacedName()).ifPresent(happened::roomCame);
                }
                backlog.refused(refuse.facts(), refuse.causes());
                refuse(pod, () -> writer.refuse(pod, refuse.why(), refuse.nominated(), now));
            }
            case Decision.Preempt preempt -> preempt(preempt, now);
        }
    }

    private void bind(Decision.Bind bind) {
        var profile = cluster.node(bind.node()).filter(node -> node.facts().virtual())
                .flatMap(node -> bind.facts().profile());
        write("bind", () -> writer.bind(bind, profile), ending -> {
            outcomes.bound(ending);
            bindEnded(bind, ending);
        });
    }

    private void bindEnded(Decision.Bind bind, Ending ending) {
        if (ending != Ending.DONE) {
            note(new Note.BindFailed(bind, ending == Ending.GONE));
        }
    }

    private void refuse(KubeObject pod, Supplier<Ending> task) {
        write("refuse", task, ending -> {
            outcomes.refused(ending);
            if (ending == Ending.FAILED) {
                note(new Note.RefusalFailed(pod.namespacedName()));
            }
        });
    }

    /** The pod waits, with room kept for it, until the others are gone. */
    private void preempt(Decision.Preempt preempt, Instant now) {
        var pod = preempt.pod();
        displace(preempt, now);
        cluster.nominate(preempt.facts(), preempt.node());
        backlog.refused(preempt.facts(), EnumSet.of(Objection.Kind.RESOURCE));
        refuse(pod, () -> writer.refuse(pod, preempt.why(), preempt.node(), now));
        for (var victim : preempt.victims()) {
            cluster.ending(victim.key());
            write("preempt", () -> writer.evict(victim.pod(), pod, preempt.node(), now), ending -> {
                outcomes.supported(ending);
                if (ending == Ending.FAILED) {
                    note(new Note.EvictionFailed(victim.key(), preempt.facts().key()));
                }
            });
        }
    }

    /** Room that was kept there for those that matter less is kept no more: they look for another node. */
    private void displace(Decision.Preempt preempt, Instant now) {
        var displaced = cluster.node(preempt.node()).stream().flatMap(node -> node.nominated().stream())
                .filter(other -> other.priority() < preempt.facts().priority()).toList();
        for (var other : displaced) {
            cluster.denominate(other.key()).ifPresent(happened::roomCame);
            backlog.retry(other.key(), now);
            write("displace", () -> writer.denominate(other.pod()), outcomes::supported);
        }
    }

    private Optional<KubeObject> find(String key) {
        int slash = key.indexOf('/');
        return images.pods().find(key.substring(0, slash), key.substring(slash + 1));
    }

    /** @param ended hears how it ended, also of what nobody expected, which goes on to the driver's log */
    private void write(String name, Supplier<Ending> task, Consumer<Ending> ended) {
        writing.incrementAndGet();
        driver.run("scheduler-" + name, () -> {
            var ending = Ending.FAILED;
            try {
                ending = task.get();
            } finally {
                ended.accept(ending);
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
