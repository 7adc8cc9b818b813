package dev.starling.control.scheduler;

import dev.starling.control.scheduler.DecisionWriter.Ending;
import dev.starling.kube.metric.Metric;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** How attempts to place pods ended, counted when that is known. For all threads. */
final class Outcomes {
    private final AtomicLong bound = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    /** A binding was written, or not. */
    void bound(Ending ending) {
        (ending == Ending.DONE ? bound : failed).incrementAndGet();
    }

    /** A pod was told that no node takes it, or could not be told. */
    void refused(Ending ending) {
        (ending == Ending.DONE ? refused : failed).incrementAndGet();
    }

    /** A write ended that is only a part of an attempt, and counts if it fails. */
    void supported(Ending ending) {
        if (ending == Ending.FAILED) {
            failed();
        }
    }

    /** An attempt came to no decision. */
    void failed() {
        failed.incrementAndGet();
    }

    /** Named as upstream's. */
    List<Metric> metrics(Backlog.Waiting pending) {
        return List.of(waiting("active", pending.ready()), waiting("backoff", pending.paused()),
                waiting("unschedulable", pending.parked()), attempts("scheduled", bound.get()),
                attempts("unschedulable", refused.get()), attempts("error", failed.get()));
    }

    private static Metric waiting(String queue, long pods) {
        return Metric.gauge("scheduler_pending_pods", "Pods that wait for a node.", Map.of("queue", queue), pods);
    }

    private static Metric attempts(String result, long times) {
        return Metric.counter("scheduler_schedule_attempts_total", "Attempts to find nodes for pods.",
                Map.of("result", result), times);
    }
}
