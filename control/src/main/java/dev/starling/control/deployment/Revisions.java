package dev.starling.control.deployment;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The revision numbers that {@code kubectl rollout} reads, and what else a Deployment writes on its ReplicaSets. */
final class Revisions {
    static final String REVISION = "deployment.kubernetes.io/revision";
    static final String HISTORY = "deployment.kubernetes.io/revision-history";
    private static final int LONGEST_HISTORY = 2_000;
    static final String DESIRED = "deployment.kubernetes.io/desired-replicas";
    static final String MAX = "deployment.kubernetes.io/max-replicas";
    private static final Set<String> NOT_COPIED = Set.of("kubectl.kubernetes.io/last-applied-configuration",
            REVISION, HISTORY, DESIRED, MAX, "deprecated.deployment.rollback.to");

    private Revisions() {
    }

    /** 0 where there is none. */
    static long of(KubeObject object) {
        return number(object, REVISION).orElse(0L);
    }

    static Optional<Long> number(KubeObject object, String annotation) {
        var text = Optional.ofNullable(object.annotations().get(annotation));
        try {
            return text.map(Long::parseLong);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    static long next(Collection<KubeObject> older) {
        return older.stream().mapToLong(Revisions::of).max().orElse(0) + 1;
    }

    /** The annotations that a ReplicaSet takes over from its Deployment. */
    static JsonObject copied(KubeObject deployment) {
        var copied = JsonObject.builder();
        deployment.annotations().forEach((name, value) -> {
            if (!NOT_COPIED.contains(name)) {
                copied.put(name, (Object) value);
            }
        });
        return copied.build();
    }

    /**
     * The annotations of the ReplicaSet that holds the newest template: one that was rolled back to gets a new number
     * and keeps its old ones as history.
     */
    static JsonObject ofNewest(KubeObject deployment, KubeObject newest, long revision) {
        var annotations = JsonObject.builder().putAll(copied(deployment));
        long old = of(newest);
        if (old < revision) {
            annotations.put(REVISION, (Object) Long.toString(revision));
            if (old > 0) {
                annotations.put(HISTORY, (Object) history(newest.annotations().getOrDefault(HISTORY, ""), old));
            }
        }
        return missing(annotations.build(), newest.annotations());
    }

    /** The oldest revisions are forgotten where the text would become too long. */
    private static String history(String before, long revision) {
        String history = before.isEmpty() ? Long.toString(revision) : before + "," + revision;
        while (history.length() > LONGEST_HISTORY && history.contains(",")) {
            history = history.substring(history.indexOf(',') + 1);
        }
        return history;
    }

    private static JsonObject missing(JsonObject wanted, Map<String, String> present) {
        var missing = JsonObject.builder();
        wanted.forEach((name, value) -> {
            if (!value.text().equals(present.get(name))) {
                missing.put(name, value);
            }
        });
        return missing.build();
    }
}
