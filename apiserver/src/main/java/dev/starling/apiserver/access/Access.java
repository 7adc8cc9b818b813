package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.ObjectReader;
import java.time.InstantSource;
import java.util.List;

/** The two judges of a request: who asks, and may he. */
public record Access(Authenticator authenticator, Authorizer authorizer) {

    /** Client certificates, then tokens of service accounts; and the fixed rule set. */
    public static Access fixed(Certificates certificates, ObjectReader objects, InstantSource clock) {
        return new Access(new Authenticator(List.of(certificates.clients(clock),
                new ServiceAccountProof(certificates.tokens(clock), objects))), new FixedRules());
    }
}
