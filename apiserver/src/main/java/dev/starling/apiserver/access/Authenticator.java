package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.api.ApiException;
import java.util.List;

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

    public static ApiException unauthorized() {
        return new ApiException(ApiException.Reason.UNAUTHORIZED, "Unauthorized");
    }
}
