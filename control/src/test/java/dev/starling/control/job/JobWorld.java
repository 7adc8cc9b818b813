package dev.starling.control.job;

import dev.starling.control.workload.Pods;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A cluster in which pods of one Job end as a test says, and in which the controller may die between two writes. */
final class JobWorld {
    KubeObject job;
    final Map<String, KubeObject> pods = new LinkedHashMap<>();
    int created;
    int succeeded;
    int failed;
    Instant now = Instant.parse("2026-01-01T00:00:00Z");

    JobWorld(KubeObject job) {
        this.job = job;
    }

    /** One pass, of which only the first writes reach the cluster. */
    void pass(int writes) {
        now = now.plusSeconds(1);
        var plan = JobPlan.of(job, List.copyOf(pods.values()), now);
        var todo = new ArrayList<Runnable>();
        todo.add(() -> job = job.with(plan.status(), "status"));
        plan.release().forEach(pod -> todo.add(() -> release(pod)));
        plan.stop().forEach(pod -> todo.add(() -> delete(pod.name())));
        plan.drop().forEach(pod -> {
            todo.add(() -> release(pod));
            todo.add(() -> delete(pod.name()));
        });
        plan.create().forEach(pod -> todo.add(() -> create(pod)));
        todo.stream().limit(writes).forEach(Runnable::run);
    }

    void pass() {
        pass(Integer.MAX_VALUE);
    }

    /** Passes, with the time that it takes, until nothing changes. */
    void settle() {
        for (int i = 0; i < 10; i++) {
            pass();
        }
    }

    private void create(KubeObject pod) {
        created++;
        String name = pod.metadata().text("generateName") + created;
        pods.put(name, pod.with(name, "metadata", "name").with("uid-" + created, "metadata", "uid")
                .with(now.toString(), "metadata", "creationTimestamp").with("Pending", "status", "phase"));
    }

    private void release(KubeObject pod) {
        change(pod.name(), p -> p.with(JsonArray.EMPTY, "metadata", "finalizers"));
    }

    /** Asks for deletion; the pod goes when it has ended and has no finalizer. */
    void delete(String name) {
        change(name, p -> p.with(now.toString(), "metadata", "deletionTimestamp"));
    }

    /** The machine ends every pod that is being deleted. */
    void reap() {
        List.copyOf(pods.values()).stream().filter(KubeObject::deleting).forEach(pod -> {
            if (!Pods.terminal(pod)) {
                end(pod.name(), "Failed");
            }
        });
        pods.values().removeIf(pod -> pod.deleting() && Pods.terminal(pod) && pod.finalizers().isEmpty());
    }

    /** A pod succeeds, fails, is deleted by somebody, or runs on. */
    void meetFate(String name, int fate) {
        succeeded += fate == 0 ? 1 : 0;
        failed += fate == 1 || fate == 2 ? 1 : 0;
        switch (fate) {
            case 0 -> end(name, "Succeeded");
            case 1 -> end(name, "Failed");
            case 2 -> delete(name);
            default -> { }
        }
    }

    void end(String name, String phase) {
        change(name, p -> p.with(phase, "status", "phase").with(JsonArray.of(JsonObject.of(
                "state", JsonObject.of("terminated", JsonObject.of(
                        "finishedAt", now.toString())))), "status", "containerStatuses"));
    }

    void set(Object value, String... path) {
        job = job.with(Json.of(value), path);
    }

    private void change(String name, UnaryOperator<KubeObject> change) {
        pods.computeIfPresent(name, (n, pod) -> change.apply(pod));
    }

    List<KubeObject> active() {
        return Tally.active(List.copyOf(pods.values()));
    }

    void endAll(String phase) {
        active().forEach(pod -> end(pod.name(), phase));
    }

    long number(String field) {
        return job.status().at(field).number(0);
    }

    boolean holds(String condition) {
        return Pods.holds(job, condition);
    }

    String reason(String condition) {
        return Pods.condition(job, condition).map(c -> c.text("reason")).orElse("");
    }
}
