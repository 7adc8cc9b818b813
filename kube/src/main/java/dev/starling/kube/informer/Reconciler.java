package dev.starling.kube.informer;

import dev.starling.kube.api.KubeApi;
import dev.starling.kube.object.ObjectKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Brings one object closer to what is wanted. It looks at the world, not at the event that woke it. */
public interface Reconciler {

    /**
     * @param key which object; it may be gone
     * @param api for writes; what is written through it holds the key back until the informers have seen it
     * @throws dev.starling.kube.api.ApiException is retried: a conflict soon, other refusals with back-off
     */
    Outcome reconcile(ObjectKey key, KubeApi api, Instant now);

    /**
     * @param again when to look again even if nothing changes
     * @param rest how long the key is left alone, whatever changes: what is looked at often and costs much is looked at
     *             less often
     */
    record Outcome(Optional<Duration> again, Duration rest) {
        private static final Outcome DONE = new Outcome(Optional.empty(), Duration.ZERO);

        public static Outcome done() {
            return DONE;
        }

        public static Outcome again(Duration after) {
            return new Outcome(Optional.of(after), Duration.ZERO);
        }

        public Outcome resting(Duration time) {
            return new Outcome(again, time);
        }
    }
}
