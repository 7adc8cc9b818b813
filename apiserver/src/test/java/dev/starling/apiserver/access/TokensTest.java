package dev.starling.apiserver.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.ObjectReader;
import dev.starling.apiserver.registry.TokenIssuer.Wish;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {
    private static final KubeObject ACCOUNT =
            KubeObject.named(Kinds.SERVICE_ACCOUNTS, "team", "robot").with("uid-1", "metadata", "uid");
    private static final KubeObject POD = KubeObject.named(Kinds.PODS, "team", "web").with("uid-2", "metadata", "uid");
    @TempDir
    private Path folder;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Map<ObjectKey, KubeObject> stored = new HashMap<>(Map.of(
            ACCOUNT.key(Kinds.SERVICE_ACCOUNTS), ACCOUNT, POD.key(Kinds.PODS), POD));
    private Tokens tokens;
    private Authenticator authenticator;

    @BeforeEach
    void open() {
        InstantSource clock = () -> now;
        var certificates = Certificates.open(folder, List.of(), clock);
        tokens = certificates.tokens(clock);
        var objects = new ObjectReader() {
            @Override
            public Optional<KubeObject> find(ObjectKey key) {
                return Optional.ofNullable(stored.get(key));
            }

            @Override
            public List<KubeObject> all(ResourceType type, String namespace) {
                return List.of();
            }
        };
        authenticator = new Authenticator(List.of(certificates.clients(clock),
                new ServiceAccountProof(tokens, objects)));
    }

    private Caller authenticated(String authorization) {
        return authenticator.authenticate(new Proof.Shown(Optional.empty(), authorization));
    }

    private String token(List<String> audiences, Optional<KubeObject> bound) {
        return tokens.issue(new Wish(ACCOUNT, audiences, Duration.ofHours(1), bound)).text();
    }

    private void refused(String token) {
        var refusal = assertThrows(ApiException.class,
                () -> authenticated("Bearer " + token));
        assertEquals(ApiException.Reason.UNAUTHORIZED, refusal.reason());
    }

    @Test
    void namesTheServiceAccountAndThePod() {
        var caller = authenticated("bearer " + token(List.of(), Optional.of(POD)));
        assertEquals("system:serviceaccount:team:robot", caller.name());
        assertEquals(List.of("system:serviceaccounts", "system:serviceaccounts:team", "system:authenticated"),
                caller.groups());
        assertEquals(List.of("web"), caller.extra().get("authentication.kubernetes.io/pod-name"));
    }

    @Test
    void endsWithItsTime() {
        String token = token(List.of(), Optional.empty());
        now = now.plus(Duration.ofMinutes(61));
        refused(token);
    }

    @Test
    void diesWithThePodItIsBoundTo() {
        String token = token(List.of(), Optional.of(POD));
        stored.put(POD.key(Kinds.PODS), POD.with("uid-3", "metadata", "uid"));
        refused(token);
        stored.remove(POD.key(Kinds.PODS));
        refused(token);
    }

    @Test
    void diesWithTheServiceAccount() {
        String token = token(List.of(), Optional.empty());
        stored.remove(ACCOUNT.key(Kinds.SERVICE_ACCOUNTS));
        refused(token);
    }

    @Test
    void isWorthNothingHereWhenMeantForOthers() {
        refused(token(List.of("https://example.com"), Optional.empty()));
    }

    @Test
    void isRefusedWhenChanged() {
        String[] parts = token(List.of(), Optional.empty()).split("\\.");
        refused(parts[0] + "." + parts[1].substring(0, parts[1].length() - 2) + "AA." + parts[2]);
        refused(parts[0] + "." + parts[1] + "." + parts[2].substring(2));
        refused(parts[0] + "." + parts[1] + ".");
    }

    @Test
    void isSignedByAKeyThatTheKeySetShows() {
        var key = tokens.keySet().array("keys").at(0).object();
        assertEquals("ES256", key.text("alg"));
        assertEquals(43, key.text("x").length());
        assertTrue(tokens.check(token(List.of(), Optional.empty())).isPresent());
    }
}
