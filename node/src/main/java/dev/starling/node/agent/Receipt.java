package dev.starling.node.agent;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import dev.starling.node.pod.PodView;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How long each stage of a pod's start took: the cold-start receipt. Owned by one agent's loop. Stages that run beside
 * each other overlap, so they add up to more than the total.
 */
final class Receipt {
    static final String ANNOTATION = PodView.RECEIPT;
    static final String BILLING_START = PodView.BILLING_START;
    static final String BILLING_END = PodView.BILLING_END;

    /** A part of the start; the queue and the schedule are the scheduler's. */
    enum Stage { ADMISSION, QUEUE, SCHEDULE, SANDBOX, IMAGE, VOLUMES, CREATE, START, READINESS }

    private final Map<Stage, Duration> stages = new EnumMap<>(Stage.class);
    private Optional<Boolean> warm = Optional.empty();
    private final Instant begun;

    /** @param begun when the user's request was there */
    Receipt(Instant begun) {
        this.begun = begun;
    }

    /** The receipt of a pod that this node saw first at {@code seen}, and its agent at {@code bound}. */
    static Receipt of(KubeObject pod, Instant seen, Instant bound) {
        var created = Times.parse(pod.annotations().getOrDefault(PodView.CREATED, "")).filter(t -> !t.isAfter(seen));
        var receipt = new Receipt(created.orElse(seen));
        created.ifPresent(t -> receipt.took(Stage.ADMISSION, t, seen));
        receipt.took(Stage.SCHEDULE, seen, bound);
        return receipt;
    }

    static Optional<Instant> billingStart(PodView pod) {
        return Times.parse(pod.object().annotations().getOrDefault(BILLING_START, ""));
    }

    static Optional<Instant> billingEnd(PodView pod) {
        return Times.parse(pod.object().annotations().getOrDefault(BILLING_END, ""));
    }

    /** Stages that happen once for each container add up. */
    void took(Stage stage, Instant from, Instant to) {
        stages.merge(stage, Duration.between(from, to), Duration::plus);
    }

    /** All containers became ready at {@code to}, of which the last had started at {@code from}. */
    void ready(Instant from, Instant to) {
        stages.put(Stage.READINESS, Duration.between(from, to));
    }

    void sandboxWasWarm(boolean isWarm) {
        warm = Optional.of(isWarm);
    }

    /** Milliseconds with microsecond precision by stage, in the order of the stages. */
    JsonObject json(Instant end) {
        var json = JsonObject.builder();
        stages.forEach((stage, time) -> {
            json.put(stage.name().toLowerCase(Locale.ROOT), millis(time));
            if (stage == Stage.SANDBOX && warm.isPresent()) {
                json.put("sandboxFrom", warm.get() ? "warm" : "cold");
            }
        });
        return json.put("total", millis(Duration.between(begun, end))).build();
    }

    private static double millis(Duration time) {
        return Math.max(0, time.toNanos() / 1_000) / 1_000.0;
    }
}
