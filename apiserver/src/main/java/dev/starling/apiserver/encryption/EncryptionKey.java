package dev.starling.apiserver.encryption;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * One named key of one algorithm. What it writes is a random nonce and the sealed text; the head in front, which names
 * algorithm and key, is sealed with it. Thread-safe.
 */
final class EncryptionKey {
    static final List<String> ALGORITHMS = List.of("aesgcm", "secretbox");
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final byte[] CHECKED = "starling:key-check".getBytes(StandardCharsets.US_ASCII);

    private final String algorithm;
    private final String name;
    private final SecretKeySpec secret;
    private final SecureRandom random = new SecureRandom();

    /** @throws EncryptionException if the length is not the algorithm's */
    EncryptionKey(String algorithm, String name, byte[] secret) {
        var lengths = algorithm.equals("aesgcm") ? List.of(16, 24, 32) : List.of(32);
        if (!lengths.contains(secret.length)) {
            throw new EncryptionException("the secret of the key " + name + " has " + secret.length
                    + " bytes; " + algorithm + " takes " + lengths);
        }
        this.algorithm = algorithm;
        this.name = name;
        this.secret = new SecretKeySpec(secret, algorithm.equals("aesgcm") ? "AES" : "ChaCha20");
    }

    String algorithm() {
        return algorithm;
    }

    String name() {
        return name;
    }

    /** Tells this secret from others, and nothing about it. */
    String check() {
        try {
            var code = Mac.getInstance("HmacSHA256");
            code.init(new SecretKeySpec(secret.getEncoded(), "HmacSHA256"));
            return HexFormat.of().formatHex(code.doFinal(CHECKED));
        } catch (GeneralSecurityException e) {
            throw new EncryptionException("the key " + name + " cannot be told from others: " + e.getMessage());
        }
    }

    byte[] seal(byte[] head, byte[] text) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, head).doFinal(text);
            return ByteBuffer.allocate(head.length + NONCE_BYTES + sealed.length)
                    .put(head).put(nonce).put(sealed).array();
        } catch (GeneralSecurityException e) {
            throw new EncryptionException("the key " + name + " does not encrypt: " + e.getMessage());
        }
    }

    /** @throws EncryptionException if it was written by another key, or is damaged */
    byte[] open(byte[] head, byte[] stored) {
        int from = head.length + NONCE_BYTES;
        if (stored.length < from) {
            throw new EncryptionException("the encrypted object is cut short");
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, Arrays.copyOfRange(stored, head.length, from), head)
                    .doFinal(stored, from, stored.length - from);
        } catch (GeneralSecurityException e) {
            throw new EncryptionException("it does not decrypt with the " + algorithm + " key " + name
                    + ": the secret in the settings is another one, or the object is damaged");
        }
    }

    private Cipher cipher(int mode, byte[] nonce, byte[] head) throws GeneralSecurityException {
        boolean aes = algorithm.equals("aesgcm");
        var cipher = Cipher.getInstance(aes ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305");
        cipher.init(mode, secret, aes ? new GCMParameterSpec(TAG_BITS, nonce) : new IvParameterSpec(nonce));
        cipher.updateAAD(head);
        return cipher;
    }
}
