package dev.starling.app.demo;

import dev.starling.app.demo.Stage.Look;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.stream.Stream;

/** What the story looks at, through the same API as everybody: images that follow it and ring at every change. */
final class World implements AutoCloseable {
    private static final String NAMESPACE = "default";

    private final KubeApi api;
    private final Informer deployments;
    private final Informer autoscalers;
    private final Informer jobs;
    private final Informer pods;
    private final List<AutoCloseable> running;
    private final String comeback;

    /** @param comeback the command that starts the server again, should it die */
    World(KubeApi api, Driver driver, Bell bell, String comeback) {
        this.api = api;
        this.comeback = comeback;
        deployments = informer(Kinds.DEPLOYMENTS, bell);
        autoscalers = informer(Kinds.HORIZONTAL_POD_AUTOSCALERS, bell);
        jobs = informer(Kinds.JOBS, bell);
        pods = informer(Kinds.PODS, bell);
        running = Stream.of(deployments, autoscalers, jobs, pods).map(informer -> informer.start(driver)).toList();
    }

    private Informer informer(ResourceType type, Bell bell) {
        return new Informer(api, ListQuery.in(type, NAMESPACE)).onProgress(bell::ring);
    }

    /** Done while the server answers. When it is away the images stay as they are, and ring when it is back. */
    Look serving() {
        try {
            api.get(Kinds.NAMESPACES.key("", NAMESPACE));
            return new Look(true, "the server answers");
        } catch (ApiException e) {
            if (e.is(ApiException.Reason.SERVICE_UNAVAILABLE)) {
                return new Look(false, "the server is away, what it runs goes on; " + comeback + " adopts it");
            }
            throw e;
        }
    }

    /** The address of a Service. */
    String address(String service) {
        return api.get(Kinds.SERVICES.key(NAMESPACE, service)).spec().text("clusterIP");
    }

    long ready(String deployment) {
        return status(deployments, deployment).at("readyReplicas").number(0);
    }

    /** Done once as many replicas are ready and no more are there. */
    Look replicas(String deployment, long wanted) {
        var status = status(deployments, deployment);
        long ready = status.at("readyReplicas").number(0);
        long all = status.at("replicas").number(0);
        return new Look(ready == wanted && all == wanted, ready + " of " + all + " pods ready");
    }

    private static JsonObject status(Informer informer, String name) {
        return informer.find(NAMESPACE, name).map(KubeObject::status).orElse(JsonObject.EMPTY);
    }

    /** What the autoscaler sees: {@code cpu 312 % of 70 %, 4 pods wanted}. */
    String scaling(String autoscaler) {
        var found = autoscalers.find(NAMESPACE, autoscaler);
        if (found.isEmpty()) {
            return "no autoscaler yet";
        }
        var hpa = found.get();
        var now = hpa.status().array("currentMetrics").at(0).object().at("resource", "current", "averageUtilization");
        var target = hpa.spec().array("metrics").at(0).object().at("resource", "target", "averageUtilization");
        return "cpu " + (now.isNull() ? "unknown" : now.number(0) + " %") + " (target " + target.number(0) + " %), "
                + hpa.status().at("desiredReplicas").number(0) + " pods wanted";
    }

    /** Done once the Job has completed; a Job that failed ends the story. */
    Look job(String name) {
        var status = status(jobs, name);
        for (var condition : status.array("conditions").objects()) {
            if (condition.text("type").equals("Failed") && condition.text("status").equals("True")) {
                throw new DemoException("job " + name + " failed: " + condition.text("message"));
            }
        }
        boolean done = status.at("succeeded").number(0) > 0;
        return new Look(done, done ? "the build succeeded" : "building");
    }

    /** Done once neither the Job nor its pods are there. */
    Look gone(String job) {
        boolean there = jobs.find(NAMESPACE, job).isPresent();
        long left = pods.all().stream().filter(pod -> pod.labels().getOrDefault("job-name", "").equals(job)).count();
        return new Look(!there && left == 0, there ? "job is kept until its TTL is over" : left + " pods left");
    }

    @Override
    public void close() {
        for (var informer : running) {
            try {
                informer.close();
            } catch (Exception e) {
                throw new IllegalStateException("an informer could not be closed", e);
            }
        }
    }
}
