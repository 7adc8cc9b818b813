package dev.starling.control.podgc;

import dev.starling.control.workload.Conditions;
import dev.starling.control.workload.Conditions.Said;
import dev.starling.control.workload.Pods;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.Patch;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Every 20 seconds removes pods whose node is gone for 40, and the oldest ended pods beyond a bound. */
public final class PodGarbage implements Loop {
    private static final System.Logger LOG = System.getLogger(PodGarbage.class.getName());
    private static final Duration PERIOD = Duration.ofSeconds(20);
    private static final Duration QUARANTINE = Duration.ofSeconds(40);

    /**
     * Which pods go.
     *
     * @param lost their node is gone: they are told to have failed first
     * @param surplus ended, or never started
     */
    record Plan(List<KubeObject> lost, List<KubeObject> surplus) {
    }

    private final KubeApi api;
    private final Informer pods;
    private final Informer nodes;
    private final int mostEnded;
    private Map<String, Instant> missing = Map.of(); // owned by the loop

    /** @param mostEnded how many ended pods may stay; upstream has 12500 */
    public PodGarbage(KubeApi api, Informer pods, Informer nodes, int mostEnded) {
        this.api = api;
        this.pods = pods;
        this.nodes = nodes;
        this.mostEnded = mostEnded;
    }

    @Override
    public String name() {
        return "podgc";
    }

    @Override
    public Next step(Instant now) {
        if (pods.synced() && nodes.synced()) {
            var known = nodes.all().stream().map(KubeObject::name).collect(Collectors.toSet());
            missing = missing(pods.all(), known, missing, now);
            var gone = missing.entrySet().stream().filter(m -> !m.getValue().plus(QUARANTINE).isAfter(now))
                    .map(Map.Entry::getKey).filter(this::gone).collect(Collectors.toSet());
            var plan = plan(pods.all(), gone, mostEnded);
            plan.lost().forEach(pod -> attempt(() -> lose(pod, now)));
            plan.surplus().forEach(pod -> attempt(() -> remove(pod)));
        }
        return Next.at(now.plus(PERIOD));
    }

    /** Since when each node that pods name is missing. */
    static Map<String, Instant> missing(Collection<KubeObject> pods, Set<String> known, Map<String, Instant> before,
            Instant now) {
        var missing = new HashMap<String, Instant>();
        pods.stream().map(Pods::node).filter(node -> !node.isEmpty() && !known.contains(node))
                .forEach(node -> missing.put(node, before.getOrDefault(node, now)));
        return missing;
    }

    static Plan plan(Collection<KubeObject> pods, Set<String> gone, int mostEnded) {
        var lost = pods.stream().filter(pod -> gone.contains(Pods.node(pod))).toList();
        var surplus = new ArrayList<>(pods.stream()
                .filter(pod -> pod.deleting() && Pods.node(pod).isEmpty() && !Pods.terminal(pod)).toList());
        var ended = pods.stream().filter(pod -> Pods.terminal(pod) && !gone.contains(Pods.node(pod)))
                .sorted(Comparator.comparing((KubeObject pod) -> pod.created().orElse(Instant.MAX))
                        .thenComparing(KubeObject::namespacedName)).toList();
        surplus.addAll(ended.subList(0, Math.max(0, ended.size() - mostEnded)));
        return new Plan(lost, List.copyOf(surplus));
    }

    /** The image may be late: the API has the last word. */
    private boolean gone(String node) {
        try {
            api.get(Kinds.NODES.key(node));
            return false;
        } catch (ApiException e) {
            return e.is(Reason.NOT_FOUND);
        }
    }

    private void lose(KubeObject pod, Instant now) {
        if (!Pods.terminal(pod)) {
            Json condition = Conditions.of(pod.status()).with(Said.yes("DisruptionTarget", "DeletionByPodGC",
                    "PodGC: node no longer exists"), now).find("DisruptionTarget").orElseThrow();
            api.patch(pod.key(Kinds.PODS).sub("status"), new Patch.Strategic(JsonObject.of(
                    "metadata", JsonObject.of("uid", pod.uid()), "status",
                    JsonObject.of("phase", "Failed", "conditions", JsonArray.of(List.of(condition))))));
        }
        remove(pod);
    }

    private void remove(KubeObject pod) {
        api.delete(pod.key(Kinds.PODS), DeleteOptions.DEFAULT.withGracePeriodSeconds(0).withUid(pod.uid()));
    }

    private static void attempt(Runnable write) {
        try {
            write.run();
        } catch (ApiException e) {
            // Whatever the reason, the next round looks again.
            LOG.log(Level.DEBUG, () -> "pod not removed why=" + e.getMessage());
        }
    }
}
