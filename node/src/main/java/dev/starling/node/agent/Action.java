package dev.starling.node.agent;

import java.time.Duration;
import java.time.Instant;

/** One thing that an agent does next. While it is under way its key stands among the state's busy ones. */
sealed interface Action {

    /** Takes a warm sandbox or makes one, and makes it the pod's own. */
    record ClaimSandbox() implements Action {
    }

    record MountVolumes() implements Action {
    }

    /** Looks whether the image is there. */
    record LookForImage(String container) implements Action {
    }

    record PullImage(String container) implements Action {
    }

    /** Creates and starts the next attempt of a container. */
    record StartContainer(String container) implements Action {
    }

    /** @param why the message of the Killing event */
    record StopContainer(String container, String id, Duration grace, Instant deadline, String why)
            implements Action {
    }

    /** Ends the pod: nothing of it is started any more, and all of it is stopped. */
    record End(Ending ending) implements Action {
    }

    /** Removes sandbox, containers and volumes. */
    record Release() implements Action {
    }

    /** Tells the API that the pod is gone. */
    record Delete() implements Action {
    }

    default String key() {
        return switch (this) {
            case ClaimSandbox a -> "claim";
            case MountVolumes a -> "volumes";
            case LookForImage(var container) -> "image/" + container;
            case PullImage(var container) -> "image/" + container;
            case StartContainer(var container) -> "start/" + container;
            case StopContainer(var container, var id, var grace, var deadline, var why) ->
                    "stop/" + id + "/" + deadline.getEpochSecond();
            case End a -> "end";
            case Release a -> "release";
            case Delete a -> "delete";
        };
    }
}
