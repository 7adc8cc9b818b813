package dev.starling.node.agent;

import dev.starling.kube.api.KubeApi;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.KubeObject;
import dev.starling.node.pod.PodFolders;
import dev.starling.node.pod.PodView;
import dev.starling.node.pool.Pool;
import dev.starling.node.probe.Prober;
import dev.starling.node.runtime.ContainerRuntime;
import dev.starling.node.runtime.ContainerStatus;
import dev.starling.node.streams.PodSight;
import dev.starling.node.streams.PodSights;
import dev.starling.node.volume.TokenRequests;
import dev.starling.node.volume.Volumes;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A pool shown as one Node. Once its informers are complete it adopts what an earlier process left running; from then
 * on it gives every pod that is bound to it an agent, and passes on what the API and the runtime tell. Thread-safe.
 */
public final class VirtualNode implements Loop, PodSights {
    private static final System.Logger LOG = System.getLogger(VirtualNode.class.getName());
    private static final Duration DRAIN_CHECK = Duration.ofMillis(100);
    private static final Duration ADOPTION_RETRY = Duration.ofSeconds(2);
    private static final Ending SHUTDOWN =
            new Ending("Terminated", "Pod was terminated in response to imminent node shutdown.");
    private static final String BY_NODE = "virtual-node";
    private static final int MOST_SEEN = 10_000;

    private final NodeSettings settings;
    private final NodeImages images;
    private final NodeParts parts;
    private final NodeHeartbeat heartbeat;
    private final Adoption adoption;
    private final ContainerWatch containers;
    private final Map<String, PodAgent> agents = new ConcurrentHashMap<>();
    private final Map<String, Instant> firstSeen = Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > MOST_SEEN;
        }
    });
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition agentChanged = lock.newCondition();
    private volatile Optional<Driver.Running> running = Optional.empty();
    private volatile Optional<Driver.Running> beating = Optional.empty();
    private volatile boolean adopted;
    private volatile boolean draining;
    private volatile boolean adopting;
    private volatile Instant adoptNotBefore = Instant.EPOCH; // after an attempt that failed

    public VirtualNode(NodeSettings settings, KubeApi api, NodeImages images, NodeRuntime runtime, Driver driver) {
        this.settings = settings;
        this.images = images;
        var folders = PodFolders.below(settings.dataFolder());
        var containers = runtime.containers();
        var facts = new PodStatus.NodeFacts(settings.address(), containers.facts().name());
        var volumes = new Volumes(folders, settings.memoryFolder(), images, new TokenRequests(api), driver.clock());
        this.parts = new NodeParts(api, containers, driver, runtime.pool(), volumes, images,
                new Prober(containers), runtime.events(), folders, facts);
        this.heartbeat = new NodeHeartbeat(settings, api, containers, runtime.pool());
        this.adoption = new Adoption(parts);
        this.containers = new ContainerWatch(containers, driver, this::containerChanged);
        images.pods().index(BY_NODE, pod -> List.of(pod.spec().text("nodeName")));
        images.pods().onChange(this::podChanged);
        images.configMaps().onChange((before, after) -> sourceChanged(before.or(() -> after)));
        images.secrets().onChange((before, after) -> sourceChanged(before.or(() -> after)));
        images.onProgress(() -> {
            if (!adopted) {
                running.ifPresent(Driver.Running::wake);
            }
        });
    }

    /** What a node runs its pods with. */
    public record NodeRuntime(ContainerRuntime containers, Pool pool, EventRecorder events) {
    }

    /** Starts the node; closing what is returned leaves its pods running, for the next process to adopt. */
    public AutoCloseable start() {
        containers.start();
        running = Optional.of(parts.driver().start(this));
        beating = Optional.of(parts.driver().start(heartbeat));
        running.ifPresent(Driver.Running::wake);
        return this::close;
    }

    private void close() {
        running.ifPresent(Driver.Running::close);
        beating.ifPresent(Driver.Running::close);
        containers.close();
        agents.values().forEach(PodAgent::close);
    }

    /**
     * Ends all pods gracefully, as at the shutdown of a machine, waits for at most so long until their ends are on
     * record, and marks the node as not ready. The informers and the API must still run.
     *
     * @return whether all pods have ended in time
     */
    public boolean drain(Duration most) {
        beginDrain();
        var deadline = now().plus(most);
        lock.lock();
        try {
            while (!drained() && now().isBefore(deadline)) {
                if (agentChanged.awaitNanos(DRAIN_CHECK.toNanos()) <= 0) {
                    LOG.log(Level.DEBUG, () -> "draining node=" + settings.name() + " pods=" + pods());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return drained();
    }

    /** Begins to end all pods, and takes no new ones. */
    void beginDrain() {
        beating.ifPresent(Driver.Running::close);
        draining = true;
        heartbeat.stop(now());
        agents.values().forEach(agent -> agent.end(SHUTDOWN));
    }

    boolean drained() {
        return agents.values().stream().allMatch(PodAgent::settled);
    }

    private Instant now() {
        return parts.driver().clock().instant();
    }

    /** True once what an earlier process left is adopted and pods are taken. */
    public boolean ready() {
        return adopted;
    }

    public int pods() {
        return agents.size();
    }

    @Override
    public String name() {
        return "node-" + settings.name();
    }

    @Override
    public Next step(Instant now) {
        if (adopted || adopting || !images.synced()) {
            return Next.WHEN_WOKEN;
        }
        if (now.isBefore(adoptNotBefore)) {
            return Next.at(adoptNotBefore);
        }
        adopting = true;
        parts.driver().run("adopt", this::tryToAdopt);
        return Next.WHEN_WOKEN;
    }

    /** Without this no pod ever runs here, so it is tried until it succeeds. */
    private void tryToAdopt() {
        try {
            adopt();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "what runs here could not be adopted, will be tried again node=" + settings.name(), e);
            adoptNotBefore = now().plus(ADOPTION_RETRY);
        } finally {
            adopting = false;
            running.ifPresent(Driver.Running::wake);
        }
    }

    private void adopt() {
        var bound = images.pods().by(BY_NODE, settings.name());
        var found = adoption.adopt(bound, now());
        parts.pool().open();
        found.forEach((pod, state) -> agents.computeIfAbsent(pod.uid(), uid -> agent(pod, state)));
        adopted = true;
        images.pods().by(BY_NODE, settings.name()).forEach(this::take);
        agents.values().forEach(agent -> {
            var pod = agent.pod();
            if (images.pods().find(pod.namespace(), pod.name()).filter(p -> p.uid().equals(pod.uid())).isEmpty()) {
                agent.gone();
            }
        });
    }

    private void podChanged(Optional<KubeObject> before, Optional<KubeObject> after) {
        after.filter(pod -> pod.spec().text("nodeName").isEmpty())
                .ifPresent(pod -> firstSeen.putIfAbsent(pod.uid(), now()));
        if (!adopted) {
            return;
        }
        boolean replaced = before.isPresent() && !before.map(KubeObject::uid).equals(after.map(KubeObject::uid));
        if (replaced) {
            firstSeen.remove(before.get().uid());
            Optional.ofNullable(agents.get(before.get().uid())).ifPresent(PodAgent::gone);
        }
        after.filter(pod -> pod.spec().text("nodeName").equals(settings.name())).ifPresent(this::take);
    }

    private void take(KubeObject pod) {
        var known = Optional.ofNullable(agents.get(pod.uid()));
        if (known.isPresent()) {
            known.get().changed(pod);
            return;
        }
        if (draining) {
            return;
        }
        agents.computeIfAbsent(pod.uid(), uid -> agent(pod, adoption.fresh(pod, now())));
    }

    private PodAgent agent(KubeObject pod, PodState state) {
        var now = now();
        var seen = Optional.ofNullable(firstSeen.remove(pod.uid())).orElse(now);
        var receipt = Receipt.of(pod, seen, now);
        var agent = new PodAgent(parts, pod, state, receipt, new PodAgent.Watcher() {
            @Override
            public void over(String uid) {
                agents.remove(uid);
            }

            @Override
            public void moved() {
                signal();
            }
        });
        agent.start();
        if (draining) {
            agent.end(SHUTDOWN);
        }
        return agent;
    }

    private void signal() {
        lock.lock();
        try {
            agentChanged.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void sourceChanged(Optional<KubeObject> object) {
        object.ifPresent(o -> agents.values().stream()
                .filter(agent -> agent.pod().namespace().equals(o.namespace())).forEach(PodAgent::sourcesChanged));
    }

    private void containerChanged(ContainerStatus status) {
        Optional.ofNullable(agents.get(status.labels().getOrDefault(ContainerLaunch.UID_LABEL, "")))
                .ifPresent(agent -> agent.look(status));
    }

    @Override
    public Optional<PodSight> sight(String namespace, String name) {
        return images.pods().find(namespace, name)
                .filter(pod -> pod.spec().text("nodeName").equals(settings.name()))
                .map(pod -> Optional.ofNullable(agents.get(pod.uid())).map(PodAgent::sight)
                        .orElseGet(() -> new PodSight(new PodView(pod), "", Map.of())));
    }

    @Override
    public List<PodSight> sights() {
        return agents.values().stream().map(PodAgent::sight).toList();
    }
}
