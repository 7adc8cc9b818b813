package dev.starling.control.deployment;

import dev.starling.control.workload.Conditions;
import dev.starling.control.workload.Conditions.Said;
import dev.starling.control.workload.Pods;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What a Deployment says of itself, from one image. Pure. */
final class RolloutStatus {
    private static final String PROGRESSING = "Progressing";
    private static final String COMPLETE = "NewReplicaSetAvailable";
    private static final String TIMED_OUT = "ProgressDeadlineExceeded";
    private static final String PAUSED = "DeploymentPaused";

    private final Image image;
    private final KubeObject deployment;
    private final Instant now;

    private RolloutStatus(Image image, Instant now) {
        this.image = image;
        this.deployment = image.deployment();
        this.now = now;
    }

    static JsonObject of(Image image, Instant now) {
        return new RolloutStatus(image, now).status();
    }

    /** Whether every pod there is has the newest template, as many as wanted, and all serve. */
    static boolean complete(Image image) {
        int wanted = image.wanted();
        return sum(image, "replicas") == wanted && updated(image) == wanted
                && sum(image, "availableReplicas") == wanted && image.newest().isPresent();
    }

    /** When the progress deadline has to be looked at again. */
    static Optional<Duration> deadline(Image image, JsonObject status, Instant now) {
        var condition = Conditions.of(status).find(PROGRESSING);
        if (!hasDeadline(image.deployment()) || condition.isEmpty() || image.paused()) {
            return Optional.empty();
        }
        String reason = condition.get().text("reason");
        if (reason.equals(COMPLETE) || reason.equals(TIMED_OUT)) {
            return Optional.empty();
        }
        return Times.parse(condition.get().text("lastUpdateTime")).map(since -> Duration.between(now,
                since.plus(allowed(image.deployment())).plusSeconds(1)));
    }

    private static boolean hasDeadline(KubeObject deployment) {
        long seconds = deployment.spec().at("progressDeadlineSeconds").number(Integer.MAX_VALUE);
        return seconds != Integer.MAX_VALUE;
    }

    private static Duration allowed(KubeObject deployment) {
        return Duration.ofSeconds(deployment.spec().at("progressDeadlineSeconds").number(0));
    }

    private static long sum(Image image, String field) {
        return image.all().stream().mapToLong(set -> set.status().at(field).number(0)).sum();
    }

    private static long updated(Image image) {
        return image.newest().map(set -> set.status().at("replicas").number(0)).orElse(0L);
    }

    private JsonObject status() {
        long total = sum(image, "replicas");
        long available = sum(image, "availableReplicas");
        var status = JsonObject.builder();
        count(status, "observedGeneration", deployment.generation());
        count(status, "replicas", total);
        count(status, "updatedReplicas", updated(image));
        count(status, "readyReplicas", sum(image, "readyReplicas"));
        count(status, "availableReplicas", available);
        count(status, "unavailableReplicas", Math.max(0, total - available));
        count(status, "collisionCount", deployment.status().at("collisionCount").number(0));
        conditions(available).into(status);
        return status.build();
    }

    private static void count(JsonObject.Builder status, String name, long value) {
        if (value != 0) {
            status.put(name, value);
        }
    }

    private Conditions conditions(long available) {
        var conditions = Conditions.of(deployment.status());
        conditions = available >= image.wanted() - image.maxUnavailable()
                ? conditions.updated(Said.yes("Available", "MinimumReplicasAvailable",
                        "Deployment has minimum availability."), now)
                : conditions.updated(Said.no("Available", "MinimumReplicasUnavailable",
                        "Deployment does not have minimum availability."), now);
        return failure(progress(conditions));
    }

    /** A ReplicaSet that can't make its pods passes its complaint on. */
    private Conditions failure(Conditions conditions) {
        var failed = image.newest().flatMap(set -> Pods.condition(set, "ReplicaFailure"))
                .or(() -> image.older().stream().flatMap(set -> Pods.condition(set, "ReplicaFailure").stream())
                        .findFirst());
        return failed.map(c -> conditions.updated(new Said("ReplicaFailure", c.text("status"), c.text("reason"),
                c.text("message")), now)).orElse(conditions.without("ReplicaFailure"));
    }

    private Conditions progress(Conditions conditions) {
        if (!hasDeadline(deployment)) {
            return conditions.without(PROGRESSING);
        }
        String reason = conditions.reason(PROGRESSING);
        if (image.paused()) {
            return reason.equals(TIMED_OUT) || reason.equals(PAUSED) ? conditions
                    : conditions.updated(Said.unknown(PROGRESSING, PAUSED, "Deployment is paused"), now);
        }
        if (reason.equals(PAUSED)) {
            return conditions.updated(Said.unknown(PROGRESSING, "DeploymentResumed", "Deployment is resumed"), now);
        }
        boolean wasComplete = reason.equals(COMPLETE) && sum(image, "replicas") == updated(image);
        return wasComplete ? conditions : moving(conditions);
    }

    private Conditions moving(Conditions conditions) {
        if (complete(image)) {
            return conditions.updated(Said.yes(PROGRESSING, COMPLETE,
                    subject() + " has successfully progressed."), now);
        }
        if (image.newest().isPresent() && begins(conditions)) {
            return conditions.renewed(begun(), now);
        }
        if (progressed()) {
            return conditions.renewed(Said.yes(PROGRESSING, "ReplicaSetUpdated", subject() + " is progressing."), now);
        }
        if (timedOut(conditions)) {
            return conditions.updated(Said.no(PROGRESSING, TIMED_OUT, subject() + " has timed out progressing."), now);
        }
        return conditions;
    }

    /** Nothing was said yet, or what was said last is that another ReplicaSet is complete. */
    private boolean begins(Conditions conditions) {
        var condition = conditions.find(PROGRESSING);
        return condition.isEmpty() || condition.get().text("reason").equals(COMPLETE)
                && !condition.get().text("message").startsWith(subject() + " ");
    }

    private Said begun() {
        return Said.yes(PROGRESSING, "NewReplicaSetCreated",
                "Created new replica set \"" + image.newest().map(KubeObject::name).orElse("") + "\"");
    }

    private String subject() {
        return image.newest().map(set -> "ReplicaSet \"" + set.name() + "\"")
                .orElse("Deployment \"" + deployment.name() + "\"");
    }

    /** Since the last status: more new pods, fewer old ones, more ready or more available. */
    private boolean progressed() {
        var old = deployment.status();
        long updated = updated(image);
        long older = sum(image, "replicas") - updated;
        long olderBefore = number(old.at("replicas")) - number(old.at("updatedReplicas"));
        return updated > number(old.at("updatedReplicas")) || older < olderBefore
                || sum(image, "readyReplicas") > number(old.at("readyReplicas"))
                || sum(image, "availableReplicas") > number(old.at("availableReplicas"));
    }

    private static long number(Json value) {
        return value.number(0);
    }

    private boolean timedOut(Conditions conditions) {
        var condition = conditions.find(PROGRESSING);
        if (condition.isEmpty() || condition.get().text("reason").equals(COMPLETE)) {
            return false;
        }
        return condition.get().text("reason").equals(TIMED_OUT)
                || Times.parse(condition.get().text("lastUpdateTime"))
                        .filter(since -> since.plus(allowed(deployment)).isBefore(now)).isPresent();
    }
}
