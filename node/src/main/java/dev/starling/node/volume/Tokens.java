package dev.starling.node.volume;

import dev.starling.node.pod.PodView;
import java.time.Instant;
import java.util.List;

/** Makes tokens by which a pod's containers prove who they are. Blocks, and is refused with an ApiException. */
public interface Tokens {
    record Token(String text, Instant expires) {
    }

    /** @param audiences empty for the API server's own */
    Token request(PodView pod, List<String> audiences, long seconds);
}
