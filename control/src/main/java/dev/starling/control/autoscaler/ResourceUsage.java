package dev.starling.control.autoscaler;

import dev.starling.control.workload.Pods;
import dev.starling.kube.object.Resources;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Quantity;
import dev.starling.kube.object.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Proposes a number of replicas from what pods use of one resource. Pure. The rules are those of upstream's replica
 * calculator: pods that start, and pods without a measurement, are counted so that they can only damp a change, never
 * cause or reverse one.
 */
final class ResourceUsage {
    private static final Duration CPU_INITIALIZATION = Duration.ofMinutes(5);
    private static final Duration INITIAL_READINESS_DELAY = Duration.ofSeconds(30);
    private static final double DEFAULT_TOLERANCE = 0.1;

    /**
     * How far usage may be off its target without consequence.
     *
     * @param up as a share of the target, for more replicas
     */
    record Tolerance(double up, double down) {
        static final Tolerance DEFAULT = new Tolerance(DEFAULT_TOLERANCE, DEFAULT_TOLERANCE);

        boolean holds(double ratio) {
            return 1 - down <= ratio && ratio <= 1 + up;
        }
    }

    private final MetricTarget target;
    private final Tolerance tolerance;
    private final int replicas;
    private final Map<String, Long> usage = new HashMap<>();
    private final List<KubeObject> unready = new ArrayList<>();
    private final List<KubeObject> missing = new ArrayList<>();
    private final Map<String, Long> requests = new HashMap<>();
    private int ready;

    private ResourceUsage(MetricTarget target, Tolerance tolerance, int replicas) {
        this.target = target;
        this.tolerance = tolerance;
        this.replicas = replicas;
    }

    /**
     * What is known of the pods.
     *
     * @param pods those that the scaled object's selector chooses
     * @param metrics PodMetrics by pod name
     */
    record Sight(List<KubeObject> pods, Map<String, KubeObject> metrics) {
    }

    /** @throws MetricException if there is nothing to compute with */
    static Proposal propose(MetricTarget target, int replicas, Sight sight, Tolerance tolerance, Instant now) {
        var usage = new ResourceUsage(target, tolerance, replicas);
        usage.group(sight, now);
        return usage.propose();
    }

    private void group(Sight sight, Instant now) {
        for (var pod : sight.pods()) {
            if (pod.deleting() || Pods.terminal(pod)) {
                continue;
            }
            target.utilization().ifPresent(u -> requests.put(pod.name(), request(pod)));
            var sample = Optional.ofNullable(sight.metrics().get(pod.name()))
                    .flatMap(m -> Sample.of(m, target.resource(), target.container()));
            if (Pods.phase(pod).equals("Pending")) {
                unready.add(pod);
            } else if (sample.isEmpty()) {
                missing.add(pod);
            } else if (target.resource().equals(Resources.CPU) && starting(pod, sample.get(), now)) {
                unready.add(pod);
            } else {
                ready++;
                usage.put(pod.name(), sample.get().milliUnits());
            }
        }
        if (usage.isEmpty()) {
            throw failure(sight.metrics().isEmpty()
                    ? "unable to get metrics for resource " + target.resource()
                    + ": no metrics returned from resource metrics API"
                    : "did not receive metrics for targeted pods (pods might be unready)");
        }
    }

    /** CPU that a pod burns while it starts says nothing of its load. */
    private static boolean starting(KubeObject pod, Sample sample, Instant now) {
        var condition = Pods.condition(pod, "Ready");
        var start = pod.time("status", "startTime");
        if (condition.isEmpty() || start.isEmpty()) {
            return true;
        }
        boolean notReady = condition.get().text("status").equals("False");
        var since = Times.parse(condition.get().text("lastTransitionTime")).orElse(Instant.EPOCH);
        if (start.get().plus(CPU_INITIALIZATION).isAfter(now)) {
            return notReady || sample.time().isBefore(since.plus(sample.window()));
        }
        return notReady && start.get().plus(INITIAL_READINESS_DELAY).isAfter(since);
    }

    /** In thousandths of a unit. */
    private long request(KubeObject pod) {
        var sidecars = pod.spec().array("initContainers").objects().stream()
                .filter(c -> c.text("restartPolicy").equals("Always"));
        var containers = Stream.concat(pod.spec().array("containers").objects().stream(), sidecars)
                .filter(c -> !target.ofContainer() || c.text("name").equals(target.container())).toList();
        long sum = 0;
        for (var container : containers) {
            var request = Quantity.tryParse(
                    container.object("resources", "requests").text(target.resource()));
            if (request.isEmpty()) {
                throw failure("missing request for " + target.resource() + " in container "
                        + container.text("name") + " of Pod " + pod.name());
            }
            sum += request.get().millis();
        }
        return sum;
    }

    private MetricException failure(String why) {
        return new MetricException(target.failure(), "failed to get " + target.resource()
                + (target.utilization().isPresent() ? " utilization: " : " usage: ") + why);
    }

    private Proposal propose() {
        if (target.utilization().isPresent() && usage.keySet().stream().allMatch(pod -> requested(pod) == 0)) {
            throw failure("no metrics returned matched known pods");
        }
        long total = usage.values().stream().mapToLong(Long::longValue).sum();
        long average = total / usage.size();
        var percentage = target.utilization().map(u -> (int) (total * 100 / requested()));
        double ratio = ratio();
        int proposed = unready.isEmpty() && missing.isEmpty() || !damped(ratio)
                ? plain(ratio) : careful(ratio);
        return new Proposal(proposed, target.words(), target.current(percentage, average));
    }

    /** Whether pods that are not measured have a say: missing ones always, starting ones only against more pods. */
    private boolean damped(double ratio) {
        return !missing.isEmpty() || ratio > 1;
    }

    private long requested(String pod) {
        return requests.getOrDefault(pod, 0L);
    }

    private long requested() {
        return usage.keySet().stream().mapToLong(this::requested).sum();
    }

    /** Usage over target. */
    private double ratio() {
        long total = usage.values().stream().mapToLong(Long::longValue).sum();
        return target.utilization()
                .map(u -> (double) (total * 100 / requested()) / u)
                .orElseGet(() -> (double) (total / usage.size()) / target.averageMillis().orElseThrow());
    }

    private int plain(double ratio) {
        return tolerance.holds(ratio) ? replicas : (int) Math.ceil(ratio * ready);
    }

    /** Missing pods use all of their target when fewer are wanted, and nothing when more are; starting ones nothing. */
    private int careful(double ratio) {
        boolean more = ratio > 1;
        for (var pod : missing) {
            usage.put(pod.name(), more ? 0 : full(pod));
        }
        if (more) {
            unready.forEach(pod -> usage.put(pod.name(), 0L));
        }
        double corrected = ratio();
        if (tolerance.holds(corrected) || more != corrected > 1) {
            return replicas;
        }
        int proposed = (int) Math.ceil(corrected * usage.size());
        boolean reversed = more ? proposed < replicas : proposed > replicas;
        return reversed ? replicas : proposed;
    }

    private long full(KubeObject pod) {
        return target.utilization().map(u -> requested(pod.name()) * Math.max(100, u) / 100)
                .orElseGet(() -> target.averageMillis().orElseThrow());
    }
}
