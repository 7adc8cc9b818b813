package dev.starling.apiserver.http;

import dev.starling.apiserver.fairness.Fairness;
import dev.starling.apiserver.registry.Caller;
import java.util.Map;

/**
 * Fairness first: a request waits for a seat of its flow. What has no flow, because nothing is configured, falls under
 * the plain limits. Lasting streams hold a seat only until they have begun, and count among the open ones.
 */
final class FairFlow implements FlowControl {
    private final Fairness fairness;
    private final Limits limits;
    private final ListWork work = new ListWork();

    FairFlow(Fairness fairness, Limits limits) {
        this.fairness = fairness;
        this.limits = limits;
    }

    @Override
    public Permit admit(ApiRequest request, Caller caller) {
        var seat = fairness.admit(request.attributes(), caller, work.width(request));
        if (seat.schemaUid().isEmpty()) {
            return limits.admit(request, caller);
        }
        try {
            return request.lasting() ? new Held(seat, limits.admit(request, caller)) : new Held(seat, () -> { });
        } catch (RuntimeException refused) {
            seat.close();
            throw refused;
        }
    }

    @Override
    public void listed(ApiRequest request, int objects) {
        work.listed(request, objects);
    }

    /** A seat, and a place among the open streams if it becomes one. */
    private record Held(Fairness.Seat seat, Permit lane) implements Permit {
        @Override
        public void started() {
            seat.close();
        }

        @Override
        public boolean exempt() {
            return seat.exempt();
        }

        @Override
        public Map<String, String> headers() {
            return Map.of("X-Kubernetes-PF-FlowSchema-UID", seat.schemaUid(),
                    "X-Kubernetes-PF-PriorityLevel-UID", seat.levelUid());
        }

        @Override
        public void close() {
            seat.close();
            lane.close();
        }
    }
}
