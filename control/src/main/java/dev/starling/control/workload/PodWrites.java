package dev.starling.control.workload;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Creates and deletes the pods of an owner, and tells so by events on the owner. */
public final class PodWrites {
    private final KubeApi api;
    private final EventRecorder events;
    private final Driver driver;

    /** @param driver by which pods are written side by side, so that they share commits */
    public PodWrites(KubeApi api, EventRecorder events, Driver driver) {
        this.api = api;
        this.events = events;
        this.driver = driver;
    }

    /**
     * Creates pods in batches of 1, 2, 4, …, and stops after the batch in which one was refused: a hundred pods that
     * break the same rule make one refusal, not a hundred.
     *
     * @return the first refusal
     */
    public Optional<ApiException> create(KubeObject owner, List<KubeObject> pods) {
        var refusals = new ConcurrentLinkedQueue<ApiException>();
        int done = 0;
        int batch = 1;
        while (done < pods.size() && refusals.isEmpty()) {
            int end = Math.min(pods.size(), done + batch);
            driver.runAll("create-pods", pods.subList(done, end).stream()
                    .<Runnable>map(pod -> () -> create(owner, pod, refusals)).toList());
            done = end;
            batch *= 2;
        }
        return Optional.ofNullable(refusals.peek());
    }

    private void create(KubeObject owner, KubeObject pod, Queue<ApiException> refusals) {
        try {
            var made = api.create(Kinds.PODS.key(owner.namespace(), pod.name()), pod);
            events.normal(owner, "SuccessfulCreate", "Created pod: " + made.name());
        } catch (ApiException e) {
            if (!ofTerminatingNamespace(e)) {
                events.warning(owner, "FailedCreate", "Error creating: " + e.getMessage());
            }
            refusals.add(e);
        }
    }

    /** Whether a namespace that is being deleted refused the write: it will refuse every other one too. */
    public static boolean ofTerminatingNamespace(ApiException e) {
        return e.is(Reason.FORBIDDEN) && e.details().array("causes").objects().stream()
                .anyMatch(cause -> cause.text("reason").equals("NamespaceTerminating"));
    }

    /**
     * Deletes pods; those that are gone already are passed over.
     *
     * @return the first refusal
     */
    public Optional<ApiException> delete(KubeObject owner, Collection<KubeObject> pods) {
        var refusals = new ConcurrentLinkedQueue<ApiException>();
        driver.runAll("delete-pods", pods.stream().<Runnable>map(pod -> () -> delete(owner, pod, refusals)).toList());
        return Optional.ofNullable(refusals.peek());
    }

    private void delete(KubeObject owner, KubeObject pod, Queue<ApiException> refusals) {
        try {
            api.delete(pod.key(Kinds.PODS), DeleteOptions.DEFAULT.withUid(pod.uid()));
            events.normal(owner, "SuccessfulDelete", "Deleted pod: " + pod.name());
        } catch (ApiException e) {
            if (!e.is(Reason.NOT_FOUND) && !e.is(Reason.CONFLICT)) {
                events.warning(owner, "FailedDelete", "Error deleting: " + e.getMessage());
                refusals.add(e);
            }
        }
    }
}
