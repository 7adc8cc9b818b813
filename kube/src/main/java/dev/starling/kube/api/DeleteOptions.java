package dev.starling.kube.api;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * How an object is deleted.
 *
 * @param gracePeriodSeconds unset: the object's own; 0: at once
 * @param propagation what becomes of dependents; unset: the kind's default
 * @param uid a precondition: only the object with this uid
 * @param resourceVersion a precondition: only the object at this version
 */
public record DeleteOptions(OptionalLong gracePeriodSeconds, Optional<Propagation> propagation,
        Optional<String> uid, Optional<String> resourceVersion, boolean dryRun) {
    public static final DeleteOptions DEFAULT = new DeleteOptions(OptionalLong.empty(), Optional.empty(),
            Optional.empty(), Optional.empty(), false);

    /** The {@code propagationPolicy} of a deletion. */
    public enum Propagation {
        ORPHAN("Orphan"), BACKGROUND("Background"), FOREGROUND("Foreground");

        private final String text;

        Propagation(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    public DeleteOptions withGracePeriodSeconds(long seconds) {
        return new DeleteOptions(OptionalLong.of(seconds), propagation, uid, resourceVersion, dryRun);
    }

    public DeleteOptions withPropagation(Propagation policy) {
        return new DeleteOptions(gracePeriodSeconds, Optional.of(policy), uid, resourceVersion, dryRun);
    }

    public DeleteOptions withUid(String required) {
        return new DeleteOptions(gracePeriodSeconds, propagation, Optional.of(required), resourceVersion, dryRun);
    }

    public DeleteOptions withResourceVersion(String required) {
        return new DeleteOptions(gracePeriodSeconds, propagation, uid, Optional.of(required), dryRun);
    }
}
