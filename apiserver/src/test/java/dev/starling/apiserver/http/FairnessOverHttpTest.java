package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.fairness.BootstrapFlows;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One client asks in a loop on many connections; another one asks now and then. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FairnessOverHttpTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final int LOUD_CONNECTIONS = 40;
    /** Few seats and short queues, so that a test's load fills them. */
    private static final String FLOWS = """
            apiVersion: flowcontrol.apiserver.k8s.io/v1
            kind: PriorityLevelConfiguration
            metadata: {name: narrow}
            spec:
              type: Limited
              limited:
                nominalConcurrencyShares: 5
                borrowingLimitPercent: 0
                limitResponse: {type: Queue, queuing: {queues: 64, handSize: 2, queueLengthLimit: 4}}
            ---
            apiVersion: flowcontrol.apiserver.k8s.io/v1
            kind: FlowSchema
            metadata: {name: narrow}
            spec:
              priorityLevelConfiguration: {name: narrow}
              matchingPrecedence: 50
              distinguisherMethod: {type: ByUser}
              rules:
              - subjects: [{kind: Group, group: {name: "system:serviceaccounts"}}]
                resourceRules: [{verbs: ["*"], apiGroups: ["*"], resources: ["*"], namespaces: ["*"]}]
            """;

    @TempDir
    private Path folder;
    private TestServer server;
    private final LongAdder served = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final AtomicBoolean over = new AtomicBoolean();

    @BeforeEach
    void start() {
        server = new TestServer(folder, ServerSettings.DEFAULT.at("127.0.0.1", 0).within(
                ServerLimits.parse("{reads: 60, writes: 40, queueSeconds: 5}")));
        server.bootstrapRoles();
        var api = server.registry().api();
        new BootstrapFlows(api).step(Instant.EPOCH);
        for (var document : Yaml.documents(FLOWS)) {
            var flow = KubeObject.of(document.object());
            var type = flow.kind().equals("FlowSchema") ? Kinds.FLOW_SCHEMAS : Kinds.PRIORITY_LEVEL_CONFIGURATIONS;
            api.create(flow.key(type), flow, WriteOptions.DEFAULT);
        }
        for (String name : new String[] {"loud", "quiet"}) {
            api.create(Kinds.SERVICE_ACCOUNTS.key("default", name),
                    KubeObject.named(Kinds.SERVICE_ACCOUNTS, "default", name), WriteOptions.DEFAULT);
        }
        var binding = KubeObject.of(Yaml.documents("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRoleBinding
                metadata: {name: both}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
                subjects: [{kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:serviceaccounts"}]
                """).getFirst().object());
        api.create(binding.key(Kinds.CLUSTER_ROLE_BINDINGS), binding, WriteOptions.DEFAULT);
        for (int i = 0; i < 300; i++) {
            api.create(Kinds.CONFIG_MAPS.key("default", "m" + i),
                    KubeObject.named(Kinds.CONFIG_MAPS, "default", "m" + i).with("x".repeat(500), "data", "k"),
                    WriteOptions.DEFAULT);
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String token(String name) {
        return "Authorization: Bearer " + server.token("default", name);
    }

    private void shout(String token) {
        try (var client = RawClient.anonymous(server)) {
            while (!over.get()) {
                client.write("GET " + MAPS + " HTTP/1.1\r\nHost: localhost\r\n" + token + "\r\n\r\n");
                var reply = client.readWhole();
                if (reply.status() == 429) {
                    assertEquals("1", reply.header("retry-after"));
                    refused.increment();
                } else {
                    assertEquals(200, reply.status());
                    served.increment();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aClientInALoopCannotStarveAnother() throws Exception {
        String loud = token("loud");
        String quiet = token("quiet");
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < LOUD_CONNECTIONS; i++) {
            threads.add(Thread.ofPlatform().start(() -> shout(loud)));
        }
        try (var client = RawClient.anonymous(server)) {
            for (int asked = 0; asked < 30 || refused.sum() == 0; asked++) {
                long start = System.nanoTime();
                var reply = client.send("GET", MAPS + "/m1", quiet, "");
                assertEquals(200, reply.status(), reply::body);
                long ms = Duration.ofNanos(System.nanoTime() - start).toMillis();
                assertTrue(ms < 5_000, () -> "it waited " + ms + " ms");
            }
        } finally {
            over.set(true);
            for (var thread : threads) {
                thread.join();
            }
        }
        assertTrue(refused.sum() > 0 && served.sum() > 0, () -> "served " + served + " refused " + refused);
    }
}
