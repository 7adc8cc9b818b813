package dev.starling.control.deployment;

import static dev.starling.control.deployment.Image.available;
import static dev.starling.control.deployment.Image.replicas;

import dev.starling.control.workload.TemplateHash;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.OwnerReference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The next steps of a Deployment, from one image. Pure: it is asked again when the steps are done and seen. The
 * rules are those of upstream's deployment controller: never fewer than wanted − maxUnavailable pods available, never
 * more than wanted + maxSurge in all.
 */
final class Rollout {
    private final Image image;
    private final int wanted;
    private final Map<String, Integer> sizes = new LinkedHashMap<>();
    private final List<Step> steps = new ArrayList<>();

    private Rollout(Image image) {
        this.image = image;
        this.wanted = image.wanted();
        image.all().forEach(set -> sizes.put(set.uid(), replicas(set)));
    }

    /** @param oldPodsRun whether a pod of an older ReplicaSet has not ended yet */
    static List<Step> next(Image image, boolean oldPodsRun) {
        var rollout = new Rollout(image);
        rollout.decide(oldPodsRun);
        return List.copyOf(rollout.steps);
    }

    private void decide(boolean oldPodsRun) {
        if (image.deployment().deleting()) {
            return;
        }
        if (image.paused() || image.rolling() && resized()) {
            number();
            scale();
        } else if (image.rolling()) {
            renew();
            roll();
        } else {
            recreate(oldPodsRun);
        }
        if (image.paused() || RolloutStatus.complete(image)) {
            forget();
        }
    }

    /** Whether the Deployment's size changed since its active ReplicaSets were last told of it. */
    private boolean resized() {
        return image.all().stream().filter(set -> replicas(set) > 0)
                .anyMatch(set -> Revisions.number(set, Revisions.DESIRED).filter(d -> d != wanted).isPresent());
    }

    /** Makes the ReplicaSet of the template if there is none; numbers it. */
    private void renew() {
        if (image.newest().isPresent()) {
            number();
            return;
        }
        long revision = Revisions.next(image.older());
        int others = sizes.values().stream().mapToInt(Integer::intValue).sum();
        int size = image.rolling() ? Math.clamp(wanted + image.maxSurge() - others, 0, wanted) : wanted;
        steps.add(new Step.Create(newReplicaSet(revision, size)));
        tellRevision(Long.toString(revision));
    }

    private void number() {
        image.newest().ifPresent(set -> {
            long revision = Math.max(Revisions.of(set), Revisions.next(image.older()));
            var annotations = Revisions.ofNewest(image.deployment(), set, revision);
            if (!annotations.isEmpty() || !image.minReadySeconds().equals(set.spec().at("minReadySeconds"))) {
                change(set, replicas(set), annotations);
            }
            tellRevision(Long.toString(revision));
        });
    }

    private void tellRevision(String revision) {
        if (!revision.equals(image.deployment().annotations().get(Revisions.REVISION))) {
            steps.add(new Step.Number(revision));
        }
    }

    private KubeObject newReplicaSet(long revision, int size) {
        var deployment = image.deployment();
        var template = deployment.spec().object("template");
        String hash = TemplateHash.of(template, deployment.status().at("collisionCount").number(0));
        Json label = new JsonString(hash);
        var labelled = template.withAt(label, "metadata", "labels", TemplateHash.LABEL);
        var metadata = JsonObject.builder().put("name", deployment.name() + "-" + hash)
                .put("namespace", deployment.namespace())
                .put("labels", labelled.object("metadata", "labels"))
                .put("annotations", JsonObject.builder().putAll(Revisions.copied(deployment))
                        .put(Revisions.REVISION, (Object) Long.toString(revision)).putAll(sizeNotes()).build())
                .put("ownerReferences", JsonArray.of((Json) OwnerReference.controllerOf(deployment).json()));
        var spec = JsonObject.builder().put("replicas", size);
        if (!image.minReadySeconds().isNull()) {
            spec.put("minReadySeconds", image.minReadySeconds());
        }
        spec.put("selector", deployment.spec().object("selector").withAt(label, "matchLabels", TemplateHash.LABEL))
                .put("template", labelled);
        return KubeObject.of(JsonObject.of("apiVersion", "apps/v1", "kind", "ReplicaSet",
                "metadata", metadata.build(), "spec", spec.build()));
    }

    /** What a ReplicaSet is told of the Deployment's size, so that a change of it is seen. */
    private JsonObject sizeNotes() {
        return JsonObject.of(Revisions.DESIRED, Integer.toString(wanted),
                Revisions.MAX, Integer.toString(wanted + image.maxSurge()));
    }

    private void resize(KubeObject set, int to) {
        int size = Math.max(0, to);
        boolean told = sizeNotes().texts().entrySet().stream()
                .allMatch(note -> note.getValue().equals(set.annotations().get(note.getKey())));
        if (sizes.get(set.uid()) != size || !told) {
            change(set, size, sizeNotes());
        }
    }

    /** One step for each ReplicaSet, however many rules move it. */
    private void change(KubeObject set, int size, JsonObject notes) {
        sizes.put(set.uid(), size);
        var annotations = JsonObject.builder();
        steps.removeIf(step -> {
            boolean same = step instanceof Step.Resize earlier && earlier.replicaSet().uid().equals(set.uid());
            if (same) {
                annotations.putAll(((Step.Resize) step).annotations());
            }
            return same;
        });
        steps.add(new Step.Resize(set, size, annotations.putAll(notes).build()));
    }

    private int total() {
        return sizes.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** One move of a rolling update: first towards the new, and only if that can't move, away from the old. */
    private void roll() {
        if (image.newest().isEmpty()) {
            return;
        }
        var set = image.newest().get();
        int size = replicas(set);
        int room = wanted + image.maxSurge() - total();
        int next = size >= wanted ? wanted : size + Math.clamp(room, 0, wanted - size);
        if (next != size) {
            resize(set, next);
            return;
        }
        int minAvailable = wanted - image.maxUnavailable();
        int spare = total() - minAvailable - (size - available(set));
        if (spare > 0 && oldReplicas() > 0) {
            dropUnhealthy(spare);
            dropSpare(minAvailable);
        }
    }

    private int oldReplicas() {
        return image.older().stream().mapToInt(set -> sizes.get(set.uid())).sum();
    }

    /** Old pods that do not serve go first: they are missed by nobody. */
    private void dropUnhealthy(int most) {
        int left = most;
        for (var set : image.older()) {
            int drop = Math.min(left, Math.max(0, replicas(set) - available(set)));
            if (drop > 0) {
                resize(set, replicas(set) - drop);
                left -= drop;
            }
        }
    }

    private void dropSpare(int minAvailable) {
        int left = image.all().stream().mapToInt(Image::available).sum() - minAvailable;
        for (var set : image.older()) {
            int drop = Math.min(left, sizes.get(set.uid()));
            if (drop > 0) {
                resize(set, sizes.get(set.uid()) - drop);
                left -= drop;
            }
        }
    }

    /** All old pods end before the first new one begins. */
    private void recreate(boolean oldPodsRun) {
        if (oldReplicas() > 0) {
            image.older().stream().filter(set -> replicas(set) > 0).forEach(set -> resize(set, 0));
        } else if (!oldPodsRun) {
            renew();
            image.newest().ifPresent(set -> resize(set, wanted));
        } else {
            number();
        }
    }

    /** Follows a change of the Deployment's size; in the middle of a rollout, every ReplicaSet by its share. */
    private void scale() {
        var active = image.all().stream().filter(set -> replicas(set) > 0).toList();
        if (active.size() <= 1) {
            var only = active.stream().findFirst().or(image::newest)
                    .or(() -> image.older().reversed().stream().findFirst());
            only.ifPresent(set -> resize(set, wanted));
        } else if (image.saturated()) {
            image.older().stream().filter(set -> replicas(set) > 0).forEach(set -> resize(set, 0));
        } else if (image.rolling()) {
            Shares.of(image, active).forEach(this::resize);
        }
    }

    /** Deletes ReplicaSets without pods beyond the history limit, the lowest revisions first. */
    private void forget() {
        long limit = image.deployment().spec().at("revisionHistoryLimit").number(Integer.MAX_VALUE);
        var candidates = image.older().stream().filter(set -> !set.deleting()).toList();
        candidates.stream().sorted(Comparator.comparingLong(Revisions::of))
                .limit(Math.max(0, candidates.size() - limit)).filter(Rollout::empty)
                .forEach(set -> steps.add(new Step.Delete(set)));
    }

    private static boolean empty(KubeObject set) {
        return replicas(set) == 0 && set.status().at("replicas").number(0) == 0
                && set.generation() <= set.status().at("observedGeneration").number(0);
    }
}
