package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.TokenIssuer;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.json.JsonWriter;
import dev.starling.kube.object.KubeObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Signs and checks the service-account tokens of this installation: JWTs with one algorithm (ES256) and one key, so
 * nothing in a token can choose how it is checked. Thread-safe.
 */
public final class Tokens implements TokenIssuer {
    /** The issuer, and the audience of tokens that are for this server. */
    public static final String ISSUER = "https://kubernetes.default.svc.cluster.local";
    private static final String SECRET_ISSUER = "kubernetes/serviceaccount";
    private static final String SECRET_CLAIM = "kubernetes.io/serviceaccount/";
    private static final String ALGORITHM = "SHA256withECDSAinP1363Format";
    private static final Duration LEEWAY = Duration.ofSeconds(30);
    private static final long FAR_FUTURE = 1L << 40; // seconds: a token that names no beginning never begins
    private static final int LONGEST_TOKEN = 16 << 10;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

    private final KeyPair key;
    private final String keyId;
    private final InstantSource clock;
    private final SecureRandom random;

    Tokens(KeyPair key, InstantSource clock, SecureRandom random) {
        this.key = key;
        this.clock = clock;
        this.random = random;
        this.keyId = keyId(key);
    }

    private static String keyId(KeyPair key) {
        try {
            return ENCODER.encodeToString(MessageDigest.getInstance("SHA-256").digest(key.getPublic().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-256 is not available", e);
        }
    }

    /** An object that a token is bound to: the token is worth nothing once the object is gone. */
    public record Bound(String name, String uid) {
        public static final Bound NOTHING = new Bound("", "");
    }

    /**
     * What a token says.
     *
     * @param pod {@link Bound#NOTHING} for a token that outlives pods
     * @param secret the same for secrets; the Secret of a token that lies in one has no uid
     * @param node on which the pod runs, or to which the token itself is bound
     */
    public record Claims(String namespace, Bound serviceAccount, Bound pod, Bound secret, Bound node,
            List<String> audiences, String id) {
        public Claims {
            audiences = List.copyOf(audiences);
        }

        public String subject() {
            return "system:serviceaccount:" + namespace + ":" + serviceAccount.name();
        }
    }

    /** Issues a token for a service account, bound to it and, if one is named, to a pod. */
    @Override
    public Token issue(Wish wish) {
        var account = wish.serviceAccount();
        var now = Instant.ofEpochSecond(clock.instant().getEpochSecond());
        var expires = now.plus(wish.lifetime());
        var audiences = wish.audiences().isEmpty() ? List.of(ISSUER) : wish.audiences();
        var about = JsonObject.builder().put("namespace", account.namespace());
        wish.boundTo().ifPresent(bound ->
                about.put(bound.kind().toLowerCase(java.util.Locale.ROOT), reference(bound)));
        wish.node().ifPresent(node -> about.put("node", reference(node)));
        about.put("serviceaccount", reference(account));
        var claims = JsonObject.of("aud", audiences, "exp", expires.getEpochSecond(),
                "iat", now.getEpochSecond(), "iss", ISSUER,
                "jti", new UUID(random.nextLong(), random.nextLong()).toString(),
                "kubernetes.io", about.build(), "nbf", now.getEpochSecond(),
                "sub", "system:serviceaccount:" + account.namespace() + ":" + account.name());
        return new Token(signed(claims), audiences, expires);
    }

    /** A token that lies in a Secret, and is worth something while it lies there: it has no end of its own. */
    String issueForSecret(KubeObject account, String secret) {
        return signed(JsonObject.of("iss", SECRET_ISSUER, SECRET_CLAIM + "namespace", account.namespace(),
                SECRET_CLAIM + "secret.name", secret, SECRET_CLAIM + "service-account.name", account.name(),
                SECRET_CLAIM + "service-account.uid", account.uid(),
                "sub", "system:serviceaccount:" + account.namespace() + ":" + account.name()));
    }

    private String signed(JsonObject claims) {
        var header = JsonObject.of("alg", "ES256", "kid", keyId, "typ", "JWT");
        String text = encoded(JsonWriter.bytes(header)) + "." + encoded(JsonWriter.bytes(claims));
        return text + "." + encoded(sign(text));
    }

    private static JsonObject reference(KubeObject object) {
        return JsonObject.of("name", object.name(), "uid", object.uid());
    }

    private byte[] sign(String text) {
        try {
            var signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key.getPrivate());
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a token could not be signed", e);
        }
    }

    private static String encoded(byte[] bytes) {
        return ENCODER.encodeToString(bytes);
    }

    /** What a token says, if this installation signed it and its time has come and is not over. */
    public Optional<Claims> check(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3 || token.length() > LONGEST_TOKEN) {
            return Optional.empty();
        }
        try {
            var header = JsonReader.readObject(DECODER.decode(parts[0]));
            if (!header.text("alg").equals("ES256") || !signedByUs(parts)) {
                return Optional.empty();
            }
            return timely(JsonReader.readObject(DECODER.decode(parts[1])));
        } catch (GeneralSecurityException | JsonException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private boolean signedByUs(String[] parts) throws GeneralSecurityException {
        var signature = Signature.getInstance(ALGORITHM);
        signature.initVerify(key.getPublic());
        signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        return signature.verify(DECODER.decode(parts[2]));
    }

    private Optional<Claims> timely(JsonObject claims) {
        var now = clock.instant();
        var expires = Instant.ofEpochSecond(claims.at("exp").number(0));
        var begins = Instant.ofEpochSecond(claims.at("nbf").number(FAR_FUTURE));
        if (claims.text("iss").equals(SECRET_ISSUER)) {
            return Optional.of(ofSecret(claims));
        }
        if (!claims.text("iss").equals(ISSUER) || now.isAfter(expires) || now.isBefore(begins.minus(LEEWAY))) {
            return Optional.empty();
        }
        var about = claims.object("kubernetes.io");
        return Optional.of(new Claims(about.text("namespace"), bound(about.object("serviceaccount")),
                bound(about.object("pod")), bound(about.object("secret")), bound(about.object("node")),
                claims.array("aud").texts(), claims.text("jti")));
    }

    private static Claims ofSecret(JsonObject claims) {
        return new Claims(claims.text(SECRET_CLAIM + "namespace"),
                new Bound(claims.text(SECRET_CLAIM + "service-account.name"),
                        claims.text(SECRET_CLAIM + "service-account.uid")), Bound.NOTHING,
                new Bound(claims.text(SECRET_CLAIM + "secret.name"), ""), Bound.NOTHING, List.of(ISSUER), "");
    }

    private static Bound bound(JsonObject json) {
        return new Bound(json.text("name"), json.text("uid"));
    }

    /** The public key as a JSON Web Key Set, for {@code /openid/v1/jwks}. */
    public JsonObject keySet() {
        var point = ((java.security.interfaces.ECPublicKey) key.getPublic()).getW();
        return JsonObject.of("keys", List.of(JsonObject.of("use", "sig", "kty", "EC", "kid", keyId, "crv", "P-256",
                "alg", "ES256", "x", encoded(coordinate(point.getAffineX())), "y",
                encoded(coordinate(point.getAffineY())))));
    }

    private static byte[] coordinate(java.math.BigInteger value) {
        byte[] bytes = value.toByteArray();
        var fixed = new byte[32];
        int length = Math.min(bytes.length, fixed.length);
        System.arraycopy(bytes, bytes.length - length, fixed, fixed.length - length, length);
        return fixed;
    }
}
