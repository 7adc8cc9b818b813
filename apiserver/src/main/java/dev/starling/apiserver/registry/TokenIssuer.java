package dev.starling.apiserver.registry;

import dev.starling.kube.object.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Signs tokens for service accounts. */
@FunctionalInterface
public interface TokenIssuer {

    Token issue(Wish wish);

    /**
     * What a token shall say.
     *
     * @param audiences empty for the API server itself
     * @param boundTo the stored Pod, Secret or Node with which the token dies
     * @param node on which a pod that it is bound to runs, which it names
     */
    record Wish(KubeObject serviceAccount, List<String> audiences, Duration lifetime, Optional<KubeObject> boundTo,
            Optional<KubeObject> node) {

        /** A token that names no node. */
        public Wish(KubeObject serviceAccount, List<String> audiences, Duration lifetime,
                Optional<KubeObject> boundTo) {
            this(serviceAccount, audiences, lifetime, boundTo, Optional.empty());
        }

        public Wish {
            audiences = List.copyOf(audiences);
        }
    }

    /** A signed token and what it was signed for. */
    record Token(String text, List<String> audiences, Instant expires) {
        public Token {
            audiences = List.copyOf(audiences);
        }
    }
}
