package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.api.ApiException;
import java.util.List;
import java.util.Optional;

/** Finds out who makes a request: the first proof that holds counts. */
public final class Authenticator {
    private final List<Proof> proofs;

    /** @param proofs in the order in which they are tried */
    public Authenticator(List<Proof> proofs) {
        this.proofs = List.copyOf(proofs);
    }

    /**
     * The user; anonymous where nothing was shown.
     *
     * @throws ApiException UNAUTHORIZED if something was shown that proves nothing
     */
    public Caller authenticate(Proof.Shown shown) {
        for (var proof : proofs) {
            var caller = proof.of(shown);
            if (caller.isPresent()) {
                return caller.get();
            }
        }
        if (shown.isNothing()) {
            return Callers.ANONYMOUS;
        }
        throw unauthorized();
    }

    /** What a token that somebody else was shown proves, for {@code TokenReview}. */
    public Optional<TokenProof.Proven> review(String token, List<String> audiences) {
        for (var proof : proofs) {
            var proven = proof instanceof TokenProof tokens ? tokens.prove(token, audiences)
                    : Optional.<TokenProof.Proven>empty();
            if (proven.isPresent()) {
                return proven;
            }
        }
        return Optional.empty();
    }

    public static ApiException unauthorized() {
        return new ApiException(ApiException.Reason.UNAUTHORIZED, "Unauthorized");
    }
}
