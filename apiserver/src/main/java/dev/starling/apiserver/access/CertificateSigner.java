package dev.starling.apiserver.access;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/** Signs what clients ask for with the installation's authority. Thread-safe. */
public final class CertificateSigner {
    /** The longest life of what is signed, and the usual one. */
    public static final Duration MOST = Duration.ofDays(365);

    private final CertifiedKey authority;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    CertificateSigner(CertifiedKey authority, InstantSource clock) {
        this.authority = authority;
        this.clock = clock;
    }

    /**
     * The certificate as PEM.
     *
     * @param usages as CertificateSigningRequests name them: of the key, and client or server authentication
     * @throws IllegalArgumentException if the request was not signed with its own key
     */
    public String sign(SigningRequest request, List<String> usages, Duration life) {
        int bits = 0;
        for (String usage : usages) {
            bits |= switch (usage) {
                case "digital signature" -> KeyUsage.digitalSignature;
                case "key encipherment" -> KeyUsage.keyEncipherment;
                default -> 0;
            };
        }
        var purposes = usages.stream().filter(usage -> usage.endsWith(" auth")).distinct()
                .map(usage -> usage.startsWith("client") ? KeyPurposeId.id_kp_clientAuth
                        : KeyPurposeId.id_kp_serverAuth).toList();
        var now = clock.instant();
        var until = now.plus(life.compareTo(MOST) > 0 ? MOST : life);
        try {
            return Pem.of(new CertificateAuthority(authority, random, now).signed(request, bits, purposes, until));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate could not be encoded", e);
        }
    }
}
