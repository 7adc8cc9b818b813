package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.Caller;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;

/**
 * Believes a proxy whom it speaks for, by headers, if it shows a certificate of the authority for proxies: that is how
 * aggregated servers know their callers, and how this server knows those of a proxy before it.
 */
final class FrontProxyProof implements Proof {
    /** With which the names of all these headers begin, in lower case. */
    static final String PREFIX = "x-remote-";
    static final String NAME = "front-proxy-client";
    private static final String EXTRA = PREFIX + "extra-";

    private final X509Certificate authority;
    private final InstantSource clock;

    FrontProxyProof(X509Certificate authority, InstantSource clock) {
        this.authority = authority;
        this.clock = clock;
    }

    @Override
    public Optional<Caller> of(Shown shown) {
        String name = first(shown, "user");
        return name.isEmpty() || shown.certificate().filter(this::isProxy).isEmpty() ? Optional.empty()
                : Optional.of(new Caller(name, first(shown, "uid"), groups(name, shown), extra(shown)));
    }

    private static String first(Shown shown, String what) {
        return shown.remote().getOrDefault(PREFIX + what, List.of()).stream().findFirst().orElse("");
    }

    private static List<String> groups(String name, Shown shown) {
        var named = shown.remote().getOrDefault(PREFIX + "group", List.of());
        boolean stranger = name.equals(Callers.ANONYMOUS.name()) || named.contains("system:unauthenticated");
        return stranger ? named
                : Stream.concat(named.stream(), Stream.of(Callers.AUTHENTICATED)).distinct().toList();
    }

    private static Map<String, List<String>> extra(Shown shown) {
        Map<String, List<String>> extra = new HashMap<>();
        shown.remote().forEach((header, values) -> {
            if (header.startsWith(EXTRA)) {
                extra.put(key(header.substring(EXTRA.length())), values);
            }
        });
        return extra;
    }

    /** What is no code is taken as it stands, as Kubernetes does. */
    private static String key(String encoded) {
        try {
            return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return encoded;
        }
    }

    private boolean isProxy(X509Certificate certificate) {
        try {
            certificate.verify(authority.getPublicKey());
            certificate.checkValidity(Date.from(clock.instant()));
            var purposes = Optional.ofNullable(certificate.getExtendedKeyUsage()).orElse(List.of());
            return purposes.contains(ClientCertificates.CLIENT_AUTHENTICATION)
                    && new LdapName(certificate.getSubjectX500Principal().getName()).getRdns().stream().anyMatch(
                            part -> part.getType().equalsIgnoreCase("CN") && NAME.equals(part.getValue()));
        } catch (GeneralSecurityException | InvalidNameException e) {
            return false;
        }
    }
}
