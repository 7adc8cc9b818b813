package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.Caller;
import java.util.List;
import java.util.Optional;

/** A proof by a bearer token. */
public interface TokenProof extends Proof {

    /**
     * What a token proves.
     *
     * @param audiences those among the asked ones that the token is for
     */
    record Proven(Caller user, List<String> audiences) {
        public Proven {
            audiences = List.copyOf(audiences);
        }
    }

    /** The user of a token that is meant for one of some audiences; nothing if it proves nothing to them. */
    Optional<Proven> prove(String token, List<String> audiences);

    @Override
    default Optional<Caller> of(Shown shown) {
        String token = shown.bearer();
        return token.isEmpty() ? Optional.empty() : prove(token, List.of(Tokens.ISSUER)).map(Proven::user);
    }

    /** What a token that names no audience proves: it is for this server alone. */
    static Optional<Proven> here(Optional<Caller> user, List<String> audiences) {
        return audiences.contains(Tokens.ISSUER)
                ? user.map(known -> new Proven(known, List.of(Tokens.ISSUER))) : Optional.empty();
    }
}
