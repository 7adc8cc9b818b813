package dev.starling.apiserver.access;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Issues certificates on P-256 keys. The only class that knows Bouncy Castle; it is loaded only when something is
 * issued, so a start with valid certificates on disk does not pay for it.
 */
final class CertificateAuthority {
    static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);
    static final Duration LEAF_LIFE = Duration.ofDays(365);
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);
    private static final int SERIAL_BITS = 120;

    private final CertifiedKey authority;
    private final SecureRandom random;
    private final Instant now;

    CertificateAuthority(CertifiedKey authority, SecureRandom random, Instant now) {
        this.authority = authority;
        this.random = random;
        this.now = now;
    }

    /** A new authority that has signed itself. */
    static CertifiedKey create(String name, SecureRandom random, Instant now) {
        try {
            var key = KeyPairs.make();
            var subject = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, name).build();
            var builder = builder(new Names(subject, subject), key, serial(random), now, AUTHORITY_LIFE)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
                    .addExtension(Extension.keyUsage, true, usage(KeyUsage.digitalSignature | KeyUsage.keyCertSign
                            | KeyUsage.cRLSign))
                    .addExtension(Extension.subjectKeyIdentifier, false,
                            new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key.getPublic()));
            return new CertifiedKey(signed(builder, key), key.getPrivate());
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new IllegalStateException("the certificate authority could not be made", e);
        }
    }

    /** A certificate for a TLS server with these names and addresses. */
    CertifiedKey server(String commonName, List<ServerName> names) {
        var all = names.stream().map(name -> switch (name) {
            case ServerName.Dns(var host) -> new GeneralName(GeneralName.dNSName, host);
            case ServerName.Address(var address) -> new GeneralName(GeneralName.iPAddress, address);
        }).toArray(GeneralName[]::new);
        return issue(new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build(),
                KeyPurposeId.id_kp_serverAuth, new GeneralNames(all));
    }

    /** A certificate for a client: the common name is the user, each organization a group. */
    CertifiedKey client(String user, List<String> groups) {
        var subject = new X500NameBuilder(BCStyle.INSTANCE);
        groups.forEach(group -> subject.addRDN(BCStyle.O, group));
        subject.addRDN(BCStyle.CN, user);
        return issue(subject.build(), KeyPurposeId.id_kp_clientAuth, new GeneralNames(new GeneralName[0]));
    }

    private CertifiedKey issue(X500Name subject, KeyPurposeId purpose, GeneralNames names) {
        try {
            var key = KeyPairs.make();
            var issuer = X500Name.getInstance(authority.certificate().getSubjectX500Principal().getEncoded());
            var builder = builder(new Names(issuer, subject), key, serial(random), now, LEAF_LIFE)
                    .addExtension(Extension.keyUsage, true, usage(KeyUsage.digitalSignature))
                    .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose))
                    .addExtension(Extension.authorityKeyIdentifier, false, new JcaX509ExtensionUtils()
                            .createAuthorityKeyIdentifier(authority.certificate().getPublicKey()));
            if (names.getNames().length > 0) {
                builder.addExtension(Extension.subjectAlternativeName, false, names);
            }
            var signer = new KeyPair(authority.certificate().getPublicKey(), authority.key());
            return new CertifiedKey(signed(builder, signer), key.getPrivate());
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new IllegalStateException("a certificate could not be issued", e);
        }
    }

    /**
     * A certificate for the key of a request, until a time.
     *
     * @param usage bits of {@link KeyUsage}
     * @throws IllegalArgumentException if the request was not signed with its own key
     */
    X509Certificate signed(SigningRequest request, int usage, List<KeyPurposeId> purposes, Instant until) {
        if (!request.holdsKey()) {
            throw new IllegalArgumentException("unable to verify the signature of the request");
        }
        try {
            var last = authority.certificate().getNotAfter().toInstant();
            var builder = new X509v3CertificateBuilder(
                    X500Name.getInstance(authority.certificate().getSubjectX500Principal().getEncoded()),
                    serial(random), Date.from(now.minus(CLOCK_SKEW)), Date.from(until.isBefore(last) ? until : last),
                    request.encoded().getSubject(), request.encoded().getSubjectPublicKeyInfo())
                    .addExtension(Extension.keyUsage, true, usage(usage))
                    .addExtension(Extension.extendedKeyUsage, false,
                            new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)))
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.authorityKeyIdentifier, false, new JcaX509ExtensionUtils()
                            .createAuthorityKeyIdentifier(authority.certificate().getPublicKey()));
            if (request.alternativeNames().getNames().length > 0) {
                builder.addExtension(Extension.subjectAlternativeName, false, request.alternativeNames());
            }
            return signed(builder, new KeyPair(authority.certificate().getPublicKey(), authority.key()));
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new IllegalStateException("a certificate could not be issued", e);
        }
    }

    private static BigInteger serial(SecureRandom random) {
        return new BigInteger(SERIAL_BITS, random);
    }

    private static ASN1Encodable usage(int bits) {
        return new KeyUsage(bits);
    }

    /** Who signs for whom. */
    private record Names(X500Name issuer, X500Name subject) {
    }

    private static X509v3CertificateBuilder builder(Names names, KeyPair key, BigInteger serial, Instant now,
            Duration life) {
        return new X509v3CertificateBuilder(names.issuer(), serial, Date.from(now.minus(CLOCK_SKEW)),
                Date.from(now.plus(life)), names.subject(),
                SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
    }

    private static X509Certificate signed(X509v3CertificateBuilder builder, KeyPair signer)
            throws OperatorCreationException, GeneralSecurityException {
        var signature = new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate());
        return new JcaX509CertificateConverter().getCertificate(builder.build(signature));
    }
}
