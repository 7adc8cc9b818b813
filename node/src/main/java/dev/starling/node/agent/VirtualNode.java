package dev.starling.node.agent;

import dev.starling.kube.api.KubeApi;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.KubeObject;
import dev.starling.node.pod.PodFolders;
import dev.starling.node.pod.PodView;
import dev.starling.node.probe.Prober;
import dev.starling.node.runtime.ContainerStatus;
import dev.starling.node.streams.PodSight;
import dev.starling.node.volume.TokenRequests;
import dev.starling.node.volume.Volumes;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A pool shown as one Node. Once the informers are complete it adopts what an earlier process left running; from then
 * on it gives every pod that is bound to it an agent, and passes on what the runtime tells. {@link VirtualNodes} tells
 * it of changes in the API. Thread-safe.
 */
final class VirtualNode implements Loop {
    private static final System.Logger LOG = System.getLogger(VirtualNode.class.getName());
    private static final Duration ADOPTION_RETRY = Duration.ofSeconds(2);
    private static final Ending SHUTDOWN =
            new Ending("Terminated", "Pod was terminated in response to imminent node shutdown.");

    private final NodeSettings settings;
    private final Surroundings around;
    private final NodeParts parts;
    private final NodeHeartbeat heartbeat;
    private final Adoption adoption;
    private final ContainerWatch containers;
    private final Map<String, PodAgent> agents = new ConcurrentHashMap<>();
    private volatile Optional<Driver.Running> running = Optional.empty();
    private volatile Optional<Driver.Running> beating = Optional.empty();
    private volatile boolean adopted;
    private volatile boolean draining;
    private volatile boolean adopting;
    private volatile Instant adoptNotBefore = Instant.EPOCH; // after an attempt that failed

    /** What a node has in common with its neighbours in the process. */
    interface Surroundings {
        KubeApi api();

        Driver driver();

        NodeImages images();

        /** The pods that are bound to a node. */
        List<KubeObject> bound(String node);

        /** Since when a pod is known that was just bound; asked once. */
        Instant firstSeen(String uid);

        /** A pod of a node that drains may have moved. */
        void moved();
    }

    VirtualNode(NodeSettings settings, NodeRuntime runtime, Surroundings around) {
        this.settings = settings;
        this.around = around;
        var folders = PodFolders.below(settings.dataFolder());
        var containers = runtime.containers();
        var facts = new PodStatus.NodeFacts(settings.address(), containers.facts().name());
        var driver = around.driver();
        var images = around.images();
        var volumes = new Volumes(new Volumes.Places(folders, settings.memoryFolder(), settings.files()), images,
                new TokenRequests(around.api()), driver.clock());
        this.parts = new NodeParts(around.api(), containers, driver, runtime.pool(), volumes, images,
                new Prober(containers), runtime.events(), folders, facts);
        this.heartbeat = new NodeHeartbeat(settings, around.api(), containers, runtime.pool());
        this.adoption = new Adoption(parts);
        this.containers = new ContainerWatch(containers, driver, this::containerChanged);
    }

    void start() {
        containers.start();
        running = Optional.of(parts.driver().start(this));
        beating = Optional.of(parts.driver().start(heartbeat));
        wake();
    }

    /** Lets go of the pods, which stay as they are. */
    void close() {
        running.ifPresent(Driver.Running::close);
        beating.ifPresent(Driver.Running::close);
        containers.close();
        agents.values().forEach(PodAgent::close);
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
    boolean ready() {
        return adopted;
    }

    int pods() {
        return agents.size();
    }

    /** The informers may be complete now. */
    void progressed() {
        if (!adopted) {
            wake();
        }
    }

    private void wake() {
        running.ifPresent(Driver.Running::wake);
    }

    @Override
    public String name() {
        return "node-" + settings.name();
    }

    @Override
    public Next step(Instant now) {
        if (adopted || adopting || !around.images().synced()) {
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
            wake();
        }
    }

    private void adopt() {
        var found = adoption.adopt(around.bound(settings.name()), now());
        parts.pool().open();
        found.forEach((pod, state) -> agents.computeIfAbsent(pod.uid(), uid -> agent(pod, state)));
        adopted = true;
        around.bound(settings.name()).forEach(this::take);
        agents.values().forEach(agent -> {
            var pod = agent.pod();
            if (around.images().pods().find(pod.namespace(), pod.name())
                    .filter(p -> p.uid().equals(pod.uid())).isEmpty()) {
                agent.gone();
            }
        });
    }

    /** A pod that is bound to this node is new, or has changed. */
    void changed(KubeObject pod) {
        if (adopted) {
            take(pod);
        }
    }

    /** A pod that was bound to this node is gone from the API. */
    void gone(String uid) {
        if (adopted) {
            Optional.ofNullable(agents.get(uid)).ifPresent(PodAgent::gone);
        }
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
        var receipt = Receipt.of(pod, around.firstSeen(pod.uid()), now);
        var agent = new PodAgent(parts, pod, state, receipt, new PodAgent.Watcher() {
            @Override
            public void over(String uid) {
                agents.remove(uid);
            }

            @Override
            public void moved() {
                if (draining) {
                    around.moved();
                }
            }
        });
        agent.start();
        if (draining) {
            agent.end(SHUTDOWN);
        }
        return agent;
    }

    /** Something that pods of this namespace may refer to has changed. */
    void sourceChanged(String namespace) {
        agents.values().stream().filter(agent -> agent.pod().namespace().equals(namespace))
                .forEach(PodAgent::sourcesChanged);
    }

    private void containerChanged(ContainerStatus status) {
        Optional.ofNullable(agents.get(status.labels().getOrDefault(ContainerLaunch.UID_LABEL, "")))
                .ifPresent(agent -> agent.look(status));
    }

    /** A pod that is bound to this node. */
    PodSight sight(KubeObject pod) {
        return Optional.ofNullable(agents.get(pod.uid())).map(PodAgent::sight)
                .orElseGet(() -> new PodSight(new PodView(pod), "", Map.of(), parts.host()));
    }

    Stream<PodSight> sights() {
        return agents.values().stream().map(PodAgent::sight);
    }
}
