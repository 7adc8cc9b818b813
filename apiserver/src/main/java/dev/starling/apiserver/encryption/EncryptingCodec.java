package dev.starling.apiserver.encryption;

import dev.starling.kube.object.KubeObject;
import dev.starling.store.Codec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Stores objects as another codec does, those of some kinds encrypted. In memory they are as ever. An encrypted value
 * begins with a head that names algorithm and key, which no JSON begins with. Thread-safe.
 */
public final class EncryptingCodec implements Codec<KubeObject> {
    private static final String HEAD = "starling:enc:";
    private static final byte[] HEAD_BYTES = HEAD.getBytes(StandardCharsets.US_ASCII);
    private static final int MOST_HEAD_BYTES = 400;

    private final Codec<KubeObject> plain;
    private final EncryptionSettings settings;

    public EncryptingCodec(Codec<KubeObject> plain, EncryptionSettings settings) {
        this.plain = plain;
        this.settings = settings;
    }

    @Override
    public byte[] encode(KubeObject object) {
        String version = object.apiVersion();
        int slash = version.indexOf('/');
        var writer = settings.writer(slash < 0 ? "" : version.substring(0, slash), plural(object.kind()));
        return writer.map(key -> key.seal(head(key), plain.encode(object))).orElseGet(() -> plain.encode(object));
    }

    private static byte[] head(EncryptionKey key) {
        return (HEAD + key.algorithm() + ":v1:" + key.name() + ":").getBytes(StandardCharsets.UTF_8);
    }

    /** The plural of a kind, as Kubernetes guesses it. */
    static String plural(String kind) {
        String word = kind.toLowerCase(Locale.ROOT);
        if (word.endsWith("endpoints")) {
            return word;
        }
        if (word.endsWith("s") || word.endsWith("x") || word.endsWith("ch")) {
            return word + "es";
        }
        boolean consonant = word.endsWith("y") && !word.endsWith("ay") && !word.endsWith("ey");
        return consonant ? word.substring(0, word.length() - 1) + "ies" : word + "s";
    }

    /** @throws EncryptionException if no key of the settings opens it */
    @Override
    public KubeObject decode(byte[] bytes) {
        if (!sealed(bytes)) {
            return plain.decode(bytes);
        }
        String[] parts = new String(bytes, 0, Math.min(bytes.length, MOST_HEAD_BYTES), StandardCharsets.UTF_8)
                .split(":", 6);
        if (parts.length < 6) {
            throw new EncryptionException("it is encrypted in a form that this version does not know");
        }
        String algorithm = parts[2];
        String name = parts[4];
        var keys = settings.keys(algorithm, name);
        if (keys.isEmpty()) {
            throw new EncryptionException("it is encrypted with the " + algorithm + " key " + name
                    + ", which the encryption settings do not have: add it behind the key that writes");
        }
        byte[] head = head(keys.getFirst());
        EncryptionException refused = new EncryptionException("no key opens it");
        for (var key : keys) {
            try {
                return plain.decode(key.open(head, bytes));
            } catch (EncryptionException e) {
                refused = e;
            }
        }
        throw refused;
    }

    private static boolean sealed(byte[] bytes) {
        return bytes.length > HEAD_BYTES.length
                && Arrays.equals(bytes, 0, HEAD_BYTES.length, HEAD_BYTES, 0, HEAD_BYTES.length);
    }
}
