package dev.starling.kube.loop;

import java.time.Instant;

/**
 * Something that is done again and again: a commit writer, an informer, a work queue, a timer, a pod agent. A loop is
 * passive: it owns no thread and no clock. A {@link Driver} calls {@link #step}, never from two threads at once.
 */
public interface Loop {

    /** For thread names, logs and metrics. */
    String name();

    /** Does what is there to do now, and says when to be called next. A wake-up through the driver comes earlier. */
    Next step(Instant now);

    /**
     * Whether the next step computes for long, waits for nobody, and can itself wait: a driver with threads calls one
     * such step at a time, so that what catches up with much leaves processors to those who are waited for.
     */
    default boolean patient() {
        return false;
    }

    /** When a loop wants to be called next. */
    sealed interface Next {

        /** More is there at once. */
        record Again() implements Next {
        }

        /** Nothing before somebody wakes the loop. */
        record WhenWoken() implements Next {
        }

        /** At this time, or when somebody wakes the loop. */
        record At(Instant time) implements Next {
        }

        /** Never: the loop is over. */
        record Over() implements Next {
        }

        Next AGAIN = new Again();
        Next WHEN_WOKEN = new WhenWoken();
        Next OVER = new Over();

        static Next at(Instant time) {
            return new At(time);
        }
    }
}
