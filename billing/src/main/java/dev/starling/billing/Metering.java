package dev.starling.billing;

import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Resources;
import dev.starling.kube.object.Times;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** What a pod's own record says about its cost. Pure: the same pod always gives the same answer. */
final class Metering {
    private static final String START = "starling.dev/billing-start";
    private static final String END = "starling.dev/billing-end";
    private static final String RECEIPT = "starling.dev/receipt";
    private static final String PROFILE = "eks.amazonaws.com/fargate-profile";

    private Metering() {
    }

    /** The span of a pod, open, if the pod ever began to pull. Overhead is the platform's own and is not paid for. */
    static Optional<UsageSpan> span(KubeObject pod, PriceBook prices) {
        return annotated(pod, START).map(start -> {
            var asked = Resources.ofPod(pod.without("spec", "overhead"));
            long cpu = asked.amount(Resources.CPU);
            long memory = asked.amount(Resources.MEMORY);
            return new UsageSpan(pod.uid(), pod.namespace(), pod.name(), pod.labels().getOrDefault(PROFILE, ""),
                    cpu > 0 ? cpu : prices.unrequestedCpuMillis(),
                    memory > 0 ? memory : prices.unrequestedMemoryBytes(), start, Optional.empty(), revision(pod), 0,
                    JsonObject.EMPTY);
        });
    }

    /** Whether a pod has a span. */
    static boolean began(KubeObject pod) {
        return annotated(pod, START).isPresent();
    }

    /** When the pod ceased to cost: what its node recorded, or the end of its last container once it is terminal. */
    static Optional<Instant> end(KubeObject pod) {
        var recorded = annotated(pod, END);
        if (recorded.isPresent()) {
            return recorded;
        }
        String phase = pod.status().text("phase");
        return phase.equals("Succeeded") || phase.equals("Failed") ? lastFinish(pod) : Optional.empty();
    }

    /**
     * When a pod that is gone ceased to cost: as recorded, else when the last of its containers ended if all did,
     * else at the end of its grace period, or when it was seen to be gone if that was earlier.
     */
    static Instant endOfDeleted(KubeObject pod, Instant seenGone) {
        return end(pod).or(() -> allEnded(pod) ? lastFinish(pod) : Optional.empty())
                .or(() -> Times.parse(pod.metadata().text("deletionTimestamp")).filter(seenGone::isAfter))
                .orElse(seenGone);
    }

    private static boolean allEnded(KubeObject pod) {
        return pod.status().array("containerStatuses").objects().stream()
                .allMatch(container -> finish(container).isPresent());
    }

    private static Optional<Instant> lastFinish(KubeObject pod) {
        return Stream.of("initContainerStatuses", "containerStatuses")
                .flatMap(list -> pod.status().array(list).objects().stream())
                .flatMap(container -> finish(container).stream()).max(Instant::compareTo);
    }

    private static Optional<Instant> finish(JsonObject container) {
        return Times.parse(container.text("state", "terminated", "finishedAt"));
    }

    /**
     * How long each stage of the start took, as the node recorded it; without fields if it never got so far.
     *
     * @return nothing if what is recorded is no receipt
     */
    static Optional<JsonObject> receipt(KubeObject pod) {
        String text = pod.annotations().getOrDefault(RECEIPT, "");
        try {
            return text.isEmpty() ? Optional.of(JsonObject.EMPTY)
                    : JsonReader.read(text) instanceof JsonObject receipt ? Optional.of(receipt) : Optional.empty();
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> annotated(KubeObject pod, String annotation) {
        return Times.parse(pod.metadata().text("annotations", annotation));
    }

    static long revision(KubeObject pod) {
        String version = pod.resourceVersion();
        return version.isEmpty() ? 0 : Long.parseLong(version);
    }
}
