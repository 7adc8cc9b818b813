package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.Caller;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;

/** Who a client certificate of our authority names: the common name is the user, each organization a group. */
public final class ClientCertificates implements Proof {
    private static final String CREDENTIAL = "authentication.kubernetes.io/credential-id";
    static final String CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2";

    private static final int MOST_KNOWN = 1_024;

    private final X509Certificate authority;
    private final InstantSource clock;
    /** Whom certificates name that were found good, because each request of a connection shows the same one. */
    private final Map<X509Certificate, Caller> users = new ConcurrentHashMap<>();

    ClientCertificates(X509Certificate authority, InstantSource clock) {
        this.authority = authority;
        this.clock = clock;
    }

    @Override
    public Optional<Caller> of(Shown shown) {
        return shown.certificate().flatMap(this::user);
    }

    /** Nothing for a certificate that another authority signed, that is out of date, or that is not for clients. */
    public Optional<Caller> user(X509Certificate certificate) {
        try {
            certificate.checkValidity(Date.from(clock.instant()));
            var known = users.get(certificate);
            return known == null ? proven(certificate) : Optional.of(known);
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private Optional<Caller> proven(X509Certificate certificate) {
        var user = judged(certificate);
        if (users.size() >= MOST_KNOWN) {
            users.clear();
        }
        user.ifPresent(caller -> users.put(certificate, caller));
        return user;
    }

    private Optional<Caller> judged(X509Certificate certificate) {
        try {
            certificate.verify(authority.getPublicKey());
            var purposes = Optional.ofNullable(certificate.getExtendedKeyUsage()).orElse(List.of());
            return purposes.contains(CLIENT_AUTHENTICATION) ? named(certificate) : Optional.empty();
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static Optional<Caller> named(X509Certificate certificate) {
        try {
            String user = "";
            var groups = new ArrayList<String>();
            for (var part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    user = part.getValue().toString();
                } else if (part.getType().equalsIgnoreCase("O")) {
                    groups.add(part.getValue().toString());
                }
            }
            return user.isEmpty() ? Optional.empty()
                    : Optional.of(Callers.authenticated(user, groups, Map.of(CREDENTIAL, List.of(id(certificate)))));
        } catch (InvalidNameException | GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static String id(X509Certificate certificate) throws GeneralSecurityException {
        return "X509SHA256=" + HexFormat.of().formatHex(
                MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    }
}
