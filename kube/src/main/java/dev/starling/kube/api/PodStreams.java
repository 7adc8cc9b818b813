package dev.starling.kube.api;

import dev.starling.kube.object.ObjectKey;
import java.io.InputStream;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The streams of a pod, beside {@link KubeApi}. The API server asks the virtual nodes through it. Refusals are
 * {@link ApiException}s: NOT_FOUND for a pod that is on none of them, BAD_REQUEST for a container that is not running.
 */
public interface PodStreams {

    /** The log of one container as plain text; a following stream ends when the container does, or by close. */
    InputStream logs(ObjectKey pod, LogQuery query);

    /** Where to connect for {@code exec}: the runtime's streaming address, which speaks SPDY over an HTTP upgrade. */
    URI exec(ObjectKey pod, ExecQuery query);

    /** Where to connect for {@code attach}. */
    URI attach(ObjectKey pod, ExecQuery query);

    /** Where to connect for {@code port-forward}. */
    URI portForward(ObjectKey pod, List<Integer> ports);

    /** @param container empty for the default one */
    record LogQuery(String container, boolean follow, boolean previous, boolean timestamps, Optional<Instant> since,
            OptionalInt tailLines, OptionalLong limitBytes) {
    }

    /** @param container empty for the default one; the command is empty for {@code attach} */
    record ExecQuery(String container, List<String> command, boolean stdin, boolean stdout, boolean stderr,
            boolean tty) {
        public ExecQuery {
            command = List.copyOf(command);
        }
    }
}
