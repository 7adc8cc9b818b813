package dev.starling.apiserver.access.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.apiserver.access.Attributes;
import dev.starling.apiserver.access.Authorizer.Verdict;
import dev.starling.apiserver.access.Authorizer.Word;
import dev.starling.apiserver.access.Callers;
import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.http.ClusterAccess;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookAuthorizerTest {
    private static final Attributes PODS = new Attributes("get", "", "pods", "log", "default", "web", "", "v1");
    private static final Attributes PATH = new Attributes("get", "", "", "", "", "", "/metrics");
    @TempDir
    private Path folder;
    private LoopbackServer server;
    private WebhookAuthorizer authorizer;
    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private volatile JsonObject last = JsonObject.EMPTY;

    @BeforeEach
    void start() throws IOException {
        server = new LoopbackServer(folder, (path, review) -> {
            last = review.with("path", Json.of(path));
            return switch (review.text("spec", "user")) {
                case "jane" -> status(JsonObject.of("allowed", true, "reason", "she may"));
                case "eve" -> status(JsonObject.of("denied", true));
                default -> status(JsonObject.of("allowed", false));
            };
        });
        authorizer = authorizer(WebhookSettings.DEFAULT);
    }

    private static JsonObject status(JsonObject status) {
        return JsonObject.of("apiVersion", "authorization.k8s.io/v1", "kind", "SubjectAccessReview", "status", status);
    }

    private WebhookAuthorizer authorizer(WebhookSettings settings) {
        return new WebhookAuthorizer(ClusterAccess.withToken(server.address().resolve("/authorize"),
                server.authority(), ""), settings, () -> now);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static Caller user(String name) {
        return Callers.authenticated(name, List.of("devs"));
    }

    @Test
    void asksByAReview() {
        assertEquals(new Verdict(Word.ALLOW, "she may"), authorizer.judge(user("jane"), PODS));
        assertEquals("/authorize", last.text("path"));
        assertEquals(JsonObject.of("user", "jane", "groups", List.of("devs", "system:authenticated"),
                "resourceAttributes", JsonObject.of("namespace", "default", "verb", "get", "version", "v1",
                "resource", "pods", "subresource", "log", "name", "web")), last.object("spec"));
        assertEquals(Word.DENY, authorizer.judge(user("eve"), PATH).word());
        assertEquals(Word.NO_OPINION, authorizer.judge(user("joe"), PATH).word());
    }

    @Test
    void remembersAnswersForAWhile() {
        authorizer.judge(user("jane"), PODS);
        authorizer.judge(user("joe"), PODS);
        now = now.plus(Duration.ofSeconds(29));
        authorizer.judge(user("jane"), PODS);
        authorizer.judge(user("joe"), PODS);
        assertEquals(2, server.asked());
        now = now.plus(Duration.ofSeconds(2));
        authorizer.judge(user("jane"), PODS);
        authorizer.judge(user("joe"), PODS);
        assertEquals(3, server.asked());
    }

    @Test
    void remembersOnlySoMany() {
        var small = authorizer(new WebhookSettings(Duration.ofSeconds(10), Duration.ofHours(1),
                Duration.ofHours(1), 1));
        small.judge(user("jane"), PODS);
        small.judge(user("jane"), PATH);
        small.judge(user("jane"), PODS);
        assertEquals(3, server.asked());
    }

    @Test
    void hasNoOpinionWithoutAnAnswer() {
        server.close();
        assertEquals(Word.NO_OPINION, authorizer.judge(user("jane"), PODS).word());
    }
}
