package dev.starling.node.agent;

import dev.starling.kube.api.KubeApi;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.object.KubeObject;
import dev.starling.node.streams.PodSight;
import dev.starling.node.streams.PodSights;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * The virtual nodes of this process. It follows the API once for all of them, and passes each change on to the node
 * that it is about. Thread-safe.
 */
public final class VirtualNodes implements PodSights {
    private static final System.Logger LOG = System.getLogger(VirtualNodes.class.getName());
    private static final Duration DRAIN_CHECK = Duration.ofMillis(100);
    private static final String BY_NODE = "virtual-node";
    private static final int MOST_SEEN = 10_000;

    private final NodeImages images;
    private final Driver driver;
    private final Map<String, VirtualNode> nodes;
    private final Map<String, Instant> firstSeen = Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > MOST_SEEN;
        }
    });
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition podMoved = lock.newCondition();

    /** One node to be: its settings, and what it runs pods with. */
    public record Wanted(NodeSettings settings, NodeRuntime runtime) {
    }

    /** @param images not started yet */
    public VirtualNodes(KubeApi api, NodeImages images, Driver driver, Collection<Wanted> wanted) {
        this.images = images;
        this.driver = driver;
        var around = new Shared(api);
        this.nodes = wanted.stream().collect(Collectors.toMap(one -> one.settings().name(),
                one -> new VirtualNode(one.settings(), one.runtime(), around), (a, b) -> a, LinkedHashMap::new));
        images.pods().index(BY_NODE, pod -> List.of(pod.spec().text("nodeName")));
        images.pods().onChange(this::podChanged);
        images.configMaps().onChange((before, after) -> sourceChanged(before.or(() -> after)));
        images.secrets().onChange((before, after) -> sourceChanged(before.or(() -> after)));
        images.onProgress(() -> nodes.values().forEach(VirtualNode::progressed));
    }

    private final class Shared implements VirtualNode.Surroundings {
        private final KubeApi api;

        Shared(KubeApi api) {
            this.api = api;
        }

        @Override
        public KubeApi api() {
            return api;
        }

        @Override
        public Driver driver() {
            return driver;
        }

        @Override
        public NodeImages images() {
            return images;
        }

        @Override
        public List<KubeObject> bound(String node) {
            return images.pods().by(BY_NODE, node);
        }

        @Override
        public Instant firstSeen(String uid) {
            return Optional.ofNullable(firstSeen.remove(uid)).orElseGet(VirtualNodes.this::now);
        }

        @Override
        public void moved() {
            signal();
        }
    }

    /** Starts the nodes; closing what is returned leaves their pods running, for the next process to adopt. */
    public AutoCloseable start() {
        nodes.values().forEach(VirtualNode::start);
        return () -> nodes.values().forEach(VirtualNode::close);
    }

    /**
     * Ends all pods gracefully, as at the shutdown of a machine, waits for at most so long until their ends are on
     * record, and marks the nodes as not ready. The informers and the API must still run.
     *
     * @return whether all pods have ended in time
     */
    public boolean drain(Duration most) {
        beginDrain();
        var deadline = now().plus(most);
        lock.lock();
        try {
            while (!drained() && now().isBefore(deadline)) {
                if (podMoved.awaitNanos(DRAIN_CHECK.toNanos()) <= 0) {
                    LOG.log(Level.DEBUG, () -> "draining pods=" + pods());
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
        nodes.values().forEach(VirtualNode::beginDrain);
    }

    boolean drained() {
        return nodes.values().stream().allMatch(VirtualNode::drained);
    }

    private void signal() {
        lock.lock();
        try {
            podMoved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Instant now() {
        return driver.clock().instant();
    }

    /** True once what an earlier process left is adopted and pods are taken. */
    public boolean ready() {
        return nodes.values().stream().allMatch(VirtualNode::ready);
    }

    public int pods() {
        return nodes.values().stream().mapToInt(VirtualNode::pods).sum();
    }

    private void podChanged(Optional<KubeObject> before, Optional<KubeObject> after) {
        after.filter(pod -> pod.spec().text("nodeName").isEmpty())
                .ifPresent(pod -> firstSeen.putIfAbsent(pod.uid(), now()));
        boolean gone = before.isPresent() && !before.map(KubeObject::uid).equals(after.map(KubeObject::uid));
        if (gone) {
            firstSeen.remove(before.get().uid());
            node(before.get()).ifPresent(node -> node.gone(before.get().uid()));
        }
        after.ifPresent(pod -> node(pod).ifPresent(node -> node.changed(pod)));
    }

    private Optional<VirtualNode> node(KubeObject pod) {
        return Optional.ofNullable(nodes.get(pod.spec().text("nodeName")));
    }

    private void sourceChanged(Optional<KubeObject> object) {
        object.ifPresent(source -> nodes.values().forEach(node -> node.sourceChanged(source.namespace())));
    }

    @Override
    public Optional<PodSight> sight(String namespace, String name) {
        return images.pods().find(namespace, name).flatMap(pod -> node(pod).map(node -> node.sight(pod)));
    }

    @Override
    public List<PodSight> sights() {
        return nodes.values().stream().flatMap(VirtualNode::sights).toList();
    }
}
