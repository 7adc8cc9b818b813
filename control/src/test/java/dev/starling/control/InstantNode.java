package dev.starling.control;

import dev.starling.control.workload.Pods;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.Patch;
import dev.starling.kube.informer.Controller;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.informer.Reconciler;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.yaml.Yaml;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs pods without containers: ready at once, ended at once if their annotation {@code end} names a phase. */
final class InstantNode implements Reconciler, AutoCloseable {
    private final Informer pods;
    private final Controller controller;
    private final AutoCloseable running;
    private final AtomicInteger address = new AtomicInteger();

    InstantNode(KubeApi api, Driver driver) {
        pods = new Informer(api, Kinds.PODS);
        controller = new Controller("node", api, this, List.of(pods));
        pods.onChange((before, after) -> after.ifPresent(pod -> controller.enqueue(pod.key(Kinds.PODS))));
        controller.start(driver, 1);
        running = pods.start(driver);
    }

    @Override
    public Outcome reconcile(ObjectKey key, KubeApi api, Instant now) {
        pods.find(key.namespace(), key.name()).filter(pod -> !Pods.node(pod).isEmpty()).ifPresent(pod -> {
            if (pod.deleting()) {
                end(pod, api);
            } else if (Pods.phase(pod).equals("Pending")) {
                run(pod, api);
            }
        });
        return Outcome.done();
    }

    private void run(KubeObject pod, KubeApi api) {
        String phase = pod.annotations().getOrDefault("end", "Running");
        String ready = phase.equals("Running") ? "True" : "False";
        var status = Yaml.documents("""
                {phase: %s, podIP: 10.1.0.%d, startTime: "2026-01-01T00:00:00Z",
                 conditions: [{type: Ready, status: '%s', lastTransitionTime: "2026-01-01T00:00:00Z"}]}
                """.formatted(phase, address.incrementAndGet(), ready)).getFirst();
        api.patch(pod.key(Kinds.PODS).sub("status"), new Patch.Strategic(JsonObject.of("status", status)));
    }

    private static void end(KubeObject pod, KubeApi api) {
        try {
            if (!Pods.terminal(pod)) {
                api.patch(pod.key(Kinds.PODS).sub("status"),
                        new Patch.Merge(JsonObject.of("status", JsonObject.of("phase", Json.of("Failed")))));
            }
            api.delete(pod.key(Kinds.PODS), DeleteOptions.DEFAULT.withGracePeriodSeconds(0).withUid(pod.uid()));
        } catch (ApiException e) {
            if (!e.is(ApiException.Reason.NOT_FOUND)) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        try {
            running.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        controller.close();
    }
}
