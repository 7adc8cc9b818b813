package dev.starling.apiserver.access;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;

/** Certificates and elliptic-curve keys as PEM text. */
final class Pem {
    private static final int SECRET_BYTES = 32;
    private static final int POINT_BYTES = 65;
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private Pem() {
    }

    static String of(X509Certificate certificate) throws GeneralSecurityException {
        return block("CERTIFICATE", certificate.getEncoded());
    }

    static String of(PrivateKey key) {
        return block("PRIVATE KEY", key.getEncoded());
    }

    /**
     * A key on P-256 in the older form of RFC 5915, which says by its label what it is: fabric8 takes a key without
     * such a label for an RSA key.
     */
    static String labelled(PrivateKey key, PublicKey itsPublicKey) {
        byte[] secret = ((ECPrivateKey) key).getS().toByteArray();
        byte[] spki = itsPublicKey.getEncoded();
        var der = ByteBuffer.allocate(121).put(HexFormat.of().parseHex("30770201010420"));
        int zeros = Math.max(0, SECRET_BYTES - secret.length);
        der.put(new byte[zeros]).put(secret, secret.length - SECRET_BYTES + zeros, SECRET_BYTES - zeros);
        der.put(HexFormat.of().parseHex("a00a06082a8648ce3d030107a144034200"))
                .put(spki, spki.length - POINT_BYTES, POINT_BYTES);
        return block("EC PRIVATE KEY", der.array());
    }

    static String of(PublicKey key) {
        return block("PUBLIC KEY", key.getEncoded());
    }

    private static String block(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + LINES.encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    static X509Certificate certificate(String pem) throws GeneralSecurityException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }

    static PrivateKey privateKey(String pem) throws GeneralSecurityException {
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der(pem)));
    }

    static PublicKey publicKey(String pem) throws GeneralSecurityException {
        return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der(pem)));
    }

    private static byte[] der(String pem) {
        return Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    }
}
