package dev.starling.app.scenario;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.Watch;
import dev.starling.kube.api.WatchEvent;
import dev.starling.kube.api.WatchQuery;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Resources;
import dev.starling.node.runtime.ContainerStatus;
import dev.starling.node.runtime.Sandbox;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Follows every change of pods, one by one, and looks at the runtime once a virtual second. A broken invariant fails
 * the test at the change that breaks it.
 */
final class Audit implements Loop {
    private static final String UID = "io.kubernetes.pod.uid";

    private final SimulatedCluster cluster;
    private final Watch pods;
    private final Map<String, String> boundTo = new HashMap<>();
    private final Map<String, KubeObject> holding = new HashMap<>();
    private final Map<String, TreeSet<Instant>> ran = new HashMap<>();
    private long revision;

    Audit(SimulatedCluster cluster) {
        this.cluster = cluster;
        this.pods = cluster.api().watch(WatchQuery.after(Kinds.PODS, "", "0"));
        cluster.alsoClose(cluster.driver.start(this));
    }

    @Override
    public String name() {
        return "audit";
    }

    @Override
    public Next step(Instant now) {
        for (var event = pods.poll(); event.isPresent(); event = pods.poll()) {
            take(event.get());
        }
        assertFalse(pods.ended(), "the audit must see every change");
        look(now);
        return Next.at(now.plus(Duration.ofSeconds(1)));
    }

    private void take(WatchEvent event) {
        var pod = event.object();
        long newer = Long.parseLong(pod.resourceVersion());
        assertTrue(newer > revision || event.type() == WatchEvent.Type.BOOKMARK && newer == revision,
                () -> "revisions only rise: " + newer + " came after " + revision);
        revision = newer;
        switch (event.type()) {
            case ADDED, MODIFIED -> changed(pod);
            case DELETED -> holding.remove(pod.uid());
            case BOOKMARK -> { }
            case ERROR -> throw new AssertionError(pod.tree());
        }
    }

    private void changed(KubeObject pod) {
        String node = pod.spec().text("nodeName");
        String before = boundTo.getOrDefault(pod.uid(), "");
        assertTrue(before.isEmpty() || before.equals(node),
                () -> pod.namespacedName() + " was bound to " + before + " and then to '" + node + "'");
        if (node.isEmpty()) {
            return;
        }
        boundTo.put(pod.uid(), node);
        String phase = SimulatedCluster.phase(pod);
        if (phase.equals("Succeeded") || phase.equals("Failed")) {
            holding.remove(pod.uid());
            return;
        }
        holding.put(pod.uid(), pod);
        var allocatable = Resources.of(cluster.api().get(Kinds.NODES.key(node)).status().object("allocatable"));
        var asked = holding.values().stream().map(Resources::ofPod).reduce(Resources.NONE, Resources::plus);
        assertTrue(asked.exceeding(allocatable).isEmpty(), () -> "capacity is exceeded by " + pod.namespacedName()
                + ": asked " + asked + " of " + allocatable);
    }

    /** One sandbox for each pod, and the seconds at which its containers ran. */
    private void look(Instant now) {
        var owners = cluster.runtime.sandboxes().stream().filter(Sandbox::ready).map(Sandbox::podUid)
                .filter(uid -> !uid.isEmpty()).toList();
        assertTrue(owners.size() == owners.stream().distinct().count(), () -> "a pod has two sandboxes: " + owners);
        cluster.runtime.containers().stream().filter(ContainerStatus::running)
                .map(container -> container.labels().get(UID)).collect(Collectors.toSet())
                .forEach(uid -> ran.computeIfAbsent(uid, u -> new TreeSet<>()).add(now));
    }

    /** When each pod was seen to run, by uid: at least once a second. */
    Map<String, TreeSet<Instant>> ran() {
        return ran;
    }
}
