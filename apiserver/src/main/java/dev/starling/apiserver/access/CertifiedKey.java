package dev.starling.apiserver.access;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/** A private key and the certificate of its public half. */
record CertifiedKey(X509Certificate certificate, PrivateKey key) {
    @Override
    public String toString() {
        return certificate.getSubjectX500Principal().getName();
    }
}
