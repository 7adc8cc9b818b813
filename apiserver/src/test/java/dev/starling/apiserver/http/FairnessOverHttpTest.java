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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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
    /** More than the seats and the two queues of a flow take. */
    private static final int LOUD_CONNECTIONS = 40;
    private static final int SEATS = 2;
    private static final String HELD =
            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"held\"}}";
    /** Few seats, two of a hundred, and short queues. */
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
                ServerLimits.parse("{reads: 60, writes: 40, queueSeconds: 30}")));
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

    /**
     * A request whose body is still to come holds a seat. It is needed, because a server that is fast beside its
     * clients never has a queue.
     */
    private RawClient holder() throws IOException {
        var holder = RawClient.admin(server);
        holder.write("POST " + MAPS + "?dryRun=All HTTP/1.1\r\nHost: localhost\r\nImpersonate-User: "
                + "system:serviceaccount:default:holder\r\nContent-Type: application/json\r\nContent-Length: "
                + HELD.length() + "\r\n\r\n");
        return holder;
    }

    private long seated(RawClient admin) throws IOException {
        String name = "apiserver_flowcontrol_current_executing_requests{priority_level=\"narrow\"} ";
        return admin.send("GET", "/metrics", "Accept: */*", "").body().lines().filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.substring(name.length()))).sum();
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        var deadline = Instant.now().plusSeconds(20);
        while (!condition.call()) {
            assertTrue(Instant.now().isBefore(deadline), "it did not come true in time");
            Thread.onSpinWait();
        }
    }

    @Test
    void aClientInALoopCannotStarveAnother() throws Exception {
        String loud = token("loud");
        String quiet = token("quiet");
        var threads = new ArrayList<Thread>();
        try (var admin = RawClient.admin(server)) {
            assertEquals(0, seated(admin)); // the levels are known from the first request on
        }
        try (var client = RawClient.anonymous(server); var admin = RawClient.admin(server);
                var first = holder(); var second = holder()) {
            await(() -> seated(admin) == SEATS);
            for (int i = 0; i < LOUD_CONNECTIONS; i++) {
                threads.add(Thread.ofPlatform().start(() -> shout(loud)));
            }
            await(() -> refused.sum() > 0);
            client.write("GET " + MAPS + "/m1 HTTP/1.1\r\nHost: localhost\r\n" + quiet + "\r\n\r\n");
            for (var holder : List.of(first, second)) {
                holder.write(HELD);
                assertEquals(201, holder.read().status());
            }
            assertEquals(200, client.read().status());
            for (int asked = 0; asked < 10; asked++) {
                var reply = client.send("GET", MAPS + "/m1", quiet, "");
                assertEquals(200, reply.status(), reply::body);
            }
            await(() -> served.sum() > 0);
        } finally {
            over.set(true);
            for (var thread : threads) {
                thread.join();
            }
        }
    }
}
