package dev.starling.app.scenario;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.Patch;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** What users do all day, chosen by a seed: workloads that grow and shrink, pods that are deleted or evicted, jobs. */
final class RandomWork {
    private static final int STEPS = 25;
    private static final List<ResourceType> SCALED =
            List.of(Kinds.DEPLOYMENTS, Kinds.STATEFUL_SETS, Kinds.REPLICATION_CONTROLLERS);
    private static final List<ResourceType> OWNERS = List.of(Kinds.DEPLOYMENTS, Kinds.STATEFUL_SETS,
            Kinds.REPLICATION_CONTROLLERS, Kinds.DAEMON_SETS, Kinds.JOBS);

    private final SimulatedCluster cluster;
    private final Random random;
    private int made;

    RandomWork(SimulatedCluster cluster, long seed) {
        this.cluster = cluster;
        this.random = new Random(seed);
    }

    void run() {
        for (int i = 0; i < STEPS; i++) {
            act();
            cluster.run(Duration.ofMillis(random.nextInt(12_000)));
        }
    }

    private void act() {
        switch (random.nextInt(12)) {
            case 0, 1 -> deploy();
            case 2, 3, 4 -> scale();
            case 5 -> deletePod();
            case 6 -> job();
            case 7 -> evict();
            case 8 -> set("apps/v1", "StatefulSet", random.nextBoolean() ? "podManagementPolicy: Parallel" : "");
            case 9 -> set("apps/v1", "DaemonSet", "");
            case 10 -> set("v1", "ReplicationController", "");
            default -> delete(OWNERS.get(random.nextInt(OWNERS.size())), DeleteOptions.DEFAULT
                    .withPropagation(DeleteOptions.Propagation.BACKGROUND));
        }
    }

    private void deploy() {
        String name = "web-" + made++;
        cluster.create("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: %1$s}
                spec:
                  replicas: %2$d
                  selector: {matchLabels: {app: %1$s}}
                  template:
                    metadata: {labels: {app: %1$s}}
                    spec:
                      terminationGracePeriodSeconds: %3$d
                      containers: [{name: c, image: nginx, resources: {requests: {cpu: %4$dm, memory: 64Mi}}}]
                """.formatted(name, random.nextInt(5), random.nextInt(30), 100 + random.nextInt(900)));
    }

    private void job() {
        String name = "job-" + made++;
        cluster.create("""
                apiVersion: batch/v1
                kind: Job
                metadata: {name: %s}
                spec:
                  completions: %d
                  parallelism: 2
                  backoffLimit: 1
                  template:
                    metadata:
                      annotations:
                        simulation.starling.dev/run-for: %ds
                        simulation.starling.dev/exit-code: "%d"
                    spec:
                      restartPolicy: %s
                      containers: [{name: c, image: busybox, resources: {requests: {cpu: 250m}}}]
                """.formatted(name, 1 + random.nextInt(4), 1 + random.nextInt(40), random.nextInt(4) / 3,
                random.nextBoolean() ? "Never" : "OnFailure"));
    }

    /** A set, with a budget for its pods. */
    private void set(String version, String kind, String more) {
        String name = "set-" + made++;
        boolean selects = version.startsWith("apps");
        cluster.create("""
                apiVersion: %2$s
                kind: %3$s
                metadata: {name: %1$s}
                spec:
                  %4$s
                  %5$s
                  template:
                    metadata: {labels: {app: %1$s}}
                    spec:
                      terminationGracePeriodSeconds: %6$d
                      containers: [{name: c, image: nginx, resources: {requests: {cpu: 100m, memory: 64Mi}}}]
                ---
                apiVersion: policy/v1
                kind: PodDisruptionBudget
                metadata: {name: %1$s}
                spec: {selector: {matchLabels: {app: %1$s}}, minAvailable: %7$d}
                """.formatted(name, version, kind, selects ? "selector: {matchLabels: {app: " + name + "}}" : "",
                more, random.nextInt(30), random.nextInt(2)));
    }

    private void scale() {
        var type = SCALED.get(random.nextInt(SCALED.size()));
        var all = cluster.list(type);
        if (!all.isEmpty()) {
            var change = JsonObject.of("spec", JsonObject.of("replicas", random.nextInt(9)));
            cluster.api().patch(any(all, type).sub("scale"), new Patch.Merge(change));
        }
    }

    /** A budget may refuse. */
    private void evict() {
        var all = cluster.list(Kinds.PODS);
        if (all.isEmpty()) {
            return;
        }
        var pod = any(all, Kinds.PODS);
        try {
            cluster.api().create(pod.sub("eviction"), KubeObject.of(JsonObject.of("apiVersion", "policy/v1",
                    "kind", "Eviction", "metadata", JsonObject.of("name", pod.name(), "namespace", pod.namespace()))));
        } catch (ApiException e) {
            if (!e.is(ApiException.Reason.TOO_MANY_REQUESTS)) {
                throw e;
            }
        }
    }

    private void deletePod() {
        delete(Kinds.PODS, random.nextBoolean() ? DeleteOptions.DEFAULT
                : DeleteOptions.DEFAULT.withGracePeriodSeconds(random.nextInt(20)));
    }

    private void delete(ResourceType type, DeleteOptions options) {
        var all = cluster.list(type);
        if (!all.isEmpty()) {
            cluster.api().delete(any(all, type), options);
        }
    }

    private ObjectKey any(List<KubeObject> objects, ResourceType type) {
        return objects.get(random.nextInt(objects.size())).key(type);
    }

    /** Takes everything away, and waits until it is gone. */
    void end() {
        for (var type : OWNERS) {
            cluster.list(type).forEach(object -> cluster.api().delete(object.key(type),
                    DeleteOptions.DEFAULT.withPropagation(DeleteOptions.Propagation.BACKGROUND)));
        }
        cluster.run(Duration.ofMinutes(2));
    }
}
