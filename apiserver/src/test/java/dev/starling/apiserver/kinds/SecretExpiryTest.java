package dev.starling.apiserver.kinds;

import static dev.starling.apiserver.registry.Objects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.apiserver.registry.ExpirySweep;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bootstrap tokens that are over are removed; other Secrets never are. */
final class SecretExpiryTest {
    private final TestRegistry server = TestRegistry.inMemory();

    @AfterEach
    void close() {
        server.close();
    }

    private void secret(String namespace, String name, String type, String end) {
        var secret = object("{'apiVersion':'v1','kind':'Secret','metadata':{'name':'" + name + "'},'type':'" + type
                + "'}").with(Base64.getEncoder().encodeToString(end.getBytes(StandardCharsets.US_ASCII)), "data",
                "expiration");
        server.api().create(Kinds.SECRETS.key(namespace, name), secret);
    }

    @Test
    void onlyTokensThatAreOverGo() {
        secret("kube-system", "bootstrap-token-aaaaaa", "bootstrap.kubernetes.io/token", "2029-12-31T00:00:00Z");
        secret("kube-system", "bootstrap-token-bbbbbb", "bootstrap.kubernetes.io/token", "2031-01-01T00:00:00Z");
        secret("kube-system", "bootstrap-token-cccccc", "bootstrap.kubernetes.io/token", "nonsense");
        secret("kube-system", "opaque", "Opaque", "2029-12-31T00:00:00Z");
        secret("default", "elsewhere", "bootstrap.kubernetes.io/token", "2029-12-31T00:00:00Z");
        new ExpirySweep(server.registry(), server.kinds()).step(server.clock().instant());
        assertEquals(List.of("elsewhere", "bootstrap-token-bbbbbb", "opaque"), server.api()
                .list(ListQuery.all(Kinds.SECRETS)).items().stream().map(KubeObject::name).toList());
    }
}
