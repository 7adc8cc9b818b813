package dev.starling.apiserver.access.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.access.Proof;
import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonWriter;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OidcProofTest {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    @TempDir
    private Path folder;
    private LoopbackServer issuer;
    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private volatile KeyPair published = key();
    private OidcProof proof;

    private static KeyPair key() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void start() throws IOException {
        issuer = new LoopbackServer(folder, (path, body) -> switch (path) {
            case "/.well-known/openid-configuration" -> JsonObject.of("issuer", issuer.address().toString(),
                    "jwks_uri", issuer.address() + "/keys");
            case "/keys" -> JsonObject.of("keys", JsonArray.of(webKey((RSAPublicKey) published.getPublic())));
            default -> JsonObject.EMPTY;
        });
        proof = new OidcProof(new OidcSettings(issuer.address(), "kube", "email", "", "roles", "oidc:",
                Map.of("tenant", "acme"), List.of("RS256"), issuer.authority()), () -> now);
    }

    @AfterEach
    void stop() {
        issuer.close();
    }

    private static JsonObject webKey(RSAPublicKey key) {
        return JsonObject.of("kty", "RSA", "use", "sig", "kid", "k" + key.hashCode(), "n", number(key.getModulus()),
                "e", number(key.getPublicExponent()));
    }

    private static String number(BigInteger value) {
        byte[] bytes = value.toByteArray();
        return BASE64.encodeToString(bytes[0] == 0 ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
    }

    private JsonObject claims() {
        return JsonObject.of("iss", issuer.address().toString(), "aud", "kube", "sub", "7", "email", "jane@acme.com",
                "roles", List.of("devs"), "tenant", "acme", "exp", now.plusSeconds(60).getEpochSecond());
    }

    private static String token(JsonObject claims, KeyPair key) throws GeneralSecurityException {
        return token(claims, key, "RS256");
    }

    private static String token(JsonObject claims, KeyPair key, String algorithm) throws GeneralSecurityException {
        var header = JsonObject.of("alg", algorithm, "kid", "k" + key.getPublic().hashCode());
        String text = BASE64.encodeToString(JsonWriter.bytes(header)) + "."
                + BASE64.encodeToString(JsonWriter.bytes(claims));
        var signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(key.getPrivate());
        signature.update(text.getBytes(StandardCharsets.US_ASCII));
        return text + "." + BASE64.encodeToString(signature.sign());
    }

    private Optional<Caller> user(String token) {
        return proof.of(new Proof.Shown(Optional.empty(), "Bearer " + token));
    }

    private boolean refused(JsonObject claims) throws GeneralSecurityException {
        return user(token(claims, published)).isEmpty();
    }

    @Test
    void makesUsersOfClaims() throws Exception {
        var jane = user(token(claims(), published)).orElseThrow();
        assertEquals("jane@acme.com", jane.name());
        assertEquals(List.of("oidc:devs", "system:authenticated"), jane.groups());
        user(token(claims(), published)).orElseThrow();
        assertEquals(2, issuer.asked());
    }

    @Test
    void refusesWhatIsNotMeant() throws Exception {
        assertTrue(refused(claims().with("aud", Json.of("other"))));
        assertTrue(refused(claims().with("tenant", Json.of("evil"))));
        assertTrue(refused(claims().with("iss", Json.of("https://evil.example"))));
        assertTrue(refused(claims().with("exp", Json.of(now.minusSeconds(1).getEpochSecond()))));
        assertTrue(refused(claims().with("exp", Json.of(Long.MIN_VALUE))));
        assertTrue(refused(claims().with("nbf", Json.of(now.plusSeconds(60).getEpochSecond()))));
        assertTrue(user(token(claims(), published, "none")).isEmpty());
        assertEquals(0, issuer.asked());
        assertTrue(refused(claims().with("email_verified", Json.of(false))));
        assertFalse(refused(claims().with("aud", JsonArray.of("a", "kube"))));
    }

    @Test
    void followsNewKeysButNotTooOften() throws Exception {
        user(token(claims(), published)).orElseThrow();
        var old = published;
        published = key();
        assertTrue(user(token(claims(), published)).isEmpty());
        assertEquals(2, issuer.asked());
        now = now.plus(Duration.ofSeconds(11));
        assertTrue(user(token(claims(), published)).isPresent());
        now = now.plus(Duration.ofSeconds(11));
        assertTrue(user(token(claims(), old)).isEmpty());
    }

    @Test
    void refusesForgedTokens() throws Exception {
        String token = token(claims(), published);
        assertTrue(user(token(claims(), key())).isEmpty());
        assertTrue(user(token.substring(0, token.length() - 8)).isEmpty());
        assertTrue(user("a.b.c").isEmpty());
    }

    @Test
    void needsSensibleSettings() {
        assertThrows(IllegalArgumentException.class,
                () -> OidcSettings.of(URI.create("http://issuer"), "kube", ""));
        assertThrows(IllegalArgumentException.class,
                () -> OidcSettings.of(URI.create("https://issuer"), "", ""));
        assertEquals("https://issuer#", OidcSettings.of(URI.create("https://issuer"), "kube", "").prefix());
    }
}
