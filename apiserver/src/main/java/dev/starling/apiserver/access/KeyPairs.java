package dev.starling.apiserver.access;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;

/** Makes keys on the curve P-256. Apart from {@link CertificateAuthority}, so that it does not load that. */
final class KeyPairs {

    private KeyPairs() {
    }

    static KeyPair make() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }
}
