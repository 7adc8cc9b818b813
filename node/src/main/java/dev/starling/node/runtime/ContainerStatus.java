package dev.starling.node.runtime;

import java.time.Instant;
import java.util.Map;

/**
 * One container as the runtime sees it now.
 *
 * @param reason of an exit: {@code Completed}, {@code Error}, {@code OOMKilled}, {@code StartError}; empty before
 * @param message what the runtime says about a failed start; otherwise empty
 * @param started {@link Instant#EPOCH} before it started
 * @param finished {@link Instant#EPOCH} before it ended
 * @param image the reference that it was created from
 * @param imageRef the image's content, as a digest
 */
public record ContainerStatus(String id, String sandboxId, String name, int attempt, ContainerState state,
                              int exitCode, String reason, String message,
                              Instant created, Instant started, Instant finished,
                              String image, String imageRef, Map<String, String> labels,
                              Map<String, String> annotations) {
    public ContainerStatus {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    public boolean running() {
        return state == ContainerState.RUNNING;
    }

    public boolean exited() {
        return state == ContainerState.EXITED;
    }
}
