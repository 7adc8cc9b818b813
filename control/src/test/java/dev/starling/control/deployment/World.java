package dev.starling.control.deployment;

import dev.starling.control.workload.Change;
import dev.starling.control.workload.Conditions;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A cluster in which ReplicaSets do as they are told, one pod at a time as a seed says. */
final class World {
    KubeObject deployment;
    final Map<String, KubeObject> sets = new LinkedHashMap<>();
    final List<String> log = new ArrayList<>();
    Instant now = Instant.parse("2026-01-01T00:00:00Z");

    World(KubeObject deployment) {
        this.deployment = deployment;
    }

    Image image() {
        return Image.of(deployment, List.copyOf(sets.values()));
    }

    /** One pass of the controller; false if there was nothing to do. */
    boolean pass() {
        now = now.plusSeconds(1);
        var steps = Rollout.next(image(), sets.values().stream().anyMatch(
                s -> !image().newest().map(KubeObject::name).orElse("").equals(s.name()) && pods(s) > 0));
        var status = RolloutStatus.of(image(), now);
        steps.forEach(this::apply);
        boolean changed = !Change.between(deployment.status(), status).isEmpty();
        deployment = deployment.with(status, "status");
        return changed || !steps.isEmpty();
    }

    private void apply(Step step) {
        switch (step) {
            case Step.Create(var set) -> {
                sets.put(set.name(), set.with("uid-" + set.name(), "metadata", "uid")
                        .with(now.toString(), "metadata", "creationTimestamp")
                        .with(Json.of(1), "metadata", "generation"));
                log.add("create " + Image.replicas(set));
            }
            case Step.Resize resize -> {
                sets.computeIfPresent(resize.replicaSet().name(), (name, set) -> set
                        .with(Json.of(resize.to()), "spec", "replicas")
                        .with(JsonObject.builder().putAll(set.metadata().object("annotations"))
                                .putAll(resize.annotations()).build(), "metadata", "annotations"));
                if (resize.from() != resize.to()) {
                    log.add(resize.from() + "->" + resize.to());
                }
            }
            case Step.Delete(var set) -> {
                sets.remove(set.name());
                log.add("delete " + Revisions.of(set));
            }
            case Step.Number(var revision) ->
                deployment = deployment.with(revision, "metadata", "annotations", Revisions.REVISION);
        }
    }

    static int pods(KubeObject set) {
        return (int) set.status().at("replicas").number(0);
    }

    /** Every ReplicaSet has its pods, and those serve. */
    void settle() {
        sets.replaceAll((name, set) -> with(set, Image.replicas(set), Image.replicas(set)));
    }

    /** One ReplicaSet has some pods, of which some serve. */
    void observe(String name, int pods, int available) {
        sets.computeIfPresent(name, (n, set) -> with(set, pods, available));
    }

    private static KubeObject with(KubeObject set, int pods, int available) {
        return set.with(JsonObject.of("replicas", pods, "readyReplicas", available, "availableReplicas", available,
                "observedGeneration", set.generation()), "status");
    }

    /** Passes until nothing is left to do, while every ReplicaSet follows at once. */
    void converge() {
        for (int i = 0; i < 200; i++) {
            boolean moved = pass();
            settle();
            if (!moved && !pass()) {
                return;
            }
        }
        throw new AssertionError("no end: " + log);
    }

    String reason(String type) {
        return Conditions.of(deployment.status()).reason(type);
    }

    int size(String image) {
        return sets.values().stream().filter(s -> s.spec().array("template", "spec", "containers").at(0).object()
                .text("image").equals(image)).mapToInt(Image::replicas).sum();
    }
}
