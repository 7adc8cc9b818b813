package dev.starling.app.demo;

import dev.starling.app.demo.Stage.Look;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.util.Optional;

/** What the story looks at, through the same API as everybody. */
final class World {
    private static final String NAMESPACE = "default";
    private final KubeApi api;

    World(KubeApi api) {
        this.api = api;
    }

    /** The address of a Service. */
    String address(String service) {
        return api.get(Kinds.SERVICES.key(NAMESPACE, service)).spec().text("clusterIP");
    }

    long ready(String deployment) {
        return api.get(Kinds.DEPLOYMENTS.key(NAMESPACE, deployment)).status().at("readyReplicas").number(0);
    }

    /** Done once as many replicas are ready and no more are there. */
    Look replicas(String deployment, long wanted) {
        var status = api.get(Kinds.DEPLOYMENTS.key(NAMESPACE, deployment)).status();
        long ready = status.at("readyReplicas").number(0);
        long all = status.at("replicas").number(0);
        return new Look(ready == wanted && all == wanted, ready + " of " + all + " pods ready");
    }

    /** What the autoscaler sees: {@code cpu 312 % of 70 %, 4 pods wanted}. */
    String scaling(String autoscaler) {
        var hpa = api.get(Kinds.HORIZONTAL_POD_AUTOSCALERS.key(NAMESPACE, autoscaler));
        var now = hpa.status().array("currentMetrics").at(0).object().at("resource", "current", "averageUtilization");
        var target = hpa.spec().array("metrics").at(0).object().at("resource", "target", "averageUtilization");
        return "cpu " + (now.isNull() ? "unknown" : now.number(0) + " %") + " (target " + target.number(0) + " %), "
                + hpa.status().at("desiredReplicas").number(0) + " pods wanted";
    }

    /** Done once the Job has completed; a Job that failed ends the story. */
    Look job(String name) {
        var job = find(Kinds.JOBS.key(NAMESPACE, name));
        for (var condition : job.map(j -> j.status().array("conditions").objects()).orElseThrow().stream().toList()) {
            if (condition.text("type").equals("Failed") && condition.text("status").equals("True")) {
                throw new DemoException("job " + name + " failed: " + condition.text("message"));
            }
        }
        boolean done = job.orElseThrow().status().at("succeeded").number(0) > 0;
        return new Look(done, done ? "the build succeeded" : "building");
    }

    /** Done once neither the Job nor its pods are there. */
    Look gone(String job) {
        boolean there = find(Kinds.JOBS.key(NAMESPACE, job)).isPresent();
        long pods = api.list(ListQuery.in(Kinds.PODS, NAMESPACE)).items().stream()
                .filter(pod -> pod.labels().getOrDefault("job-name", "").equals(job)).count();
        return new Look(!there && pods == 0, there ? "job is kept until its TTL is over" : pods + " pods left");
    }

    private Optional<KubeObject> find(ObjectKey key) {
        try {
            return Optional.of(api.get(key));
        } catch (ApiException e) {
            if (e.is(ApiException.Reason.NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
