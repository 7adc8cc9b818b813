package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.Caller;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One way to prove who one is: a client certificate, a token of a service account. Thread-safe. */
@FunctionalInterface
public interface Proof {

    /**
     * What a client shows; nobody has judged it yet.
     *
     * @param authorization the header, or the empty text
     * @param remote the headers {@code X-Remote-…}, by their names in lower case: whom a proxy speaks for
     */
    record Shown(Optional<X509Certificate> certificate, String authorization, Map<String, List<String>> remote) {
        private static final String BEARER = "Bearer ";

        /** Of a client who speaks for himself. */
        public Shown(Optional<X509Certificate> certificate, String authorization) {
            this(certificate, authorization, Map.of());
        }

        /** Whether the client does not even try to prove who it is. */
        boolean isNothing() {
            return certificate.isEmpty() && !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
        }

        /** The bearer token; empty if none was shown. */
        public String bearer() {
            return authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                    ? authorization.substring(BEARER.length()).trim() : "";
        }
    }

    /** The user; nothing if what is shown proves nothing in this way. */
    Optional<Caller> of(Shown shown);
}
