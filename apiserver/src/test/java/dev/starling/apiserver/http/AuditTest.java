package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.audit.AuditException;
import dev.starling.apiserver.audit.AuditLog;
import dev.starling.apiserver.audit.AuditPolicy;
import dev.starling.apiserver.cbor.CborWriter;
import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.kube.api.Patch;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.loop.ThreadDriver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTest {
    private static final String POLICY = """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            omitStages: [RequestReceived]
            rules:
            - {level: None, nonResourceURLs: ["/livez*"]}
            - {level: RequestResponse, resources: [{group: "", resources: [configmaps]}], omitManagedFields: true}
            - {level: Request, verbs: [create], namespaces: [default]}
            - {level: Metadata, omitStages: [ResponseStarted]}
            """;

    @TempDir
    private Path folder;

    @Test
    void eventsTellAsMuchAsThePolicyAsksForAndNoSecrets() throws Exception {
        var events = new CopyOnWriteArrayList<JsonObject>();
        var audit = new Operations.Audit(AuditPolicy.parse(POLICY), events::add, InstantSource.system(),
                new Random(1));
        try (var server = new TestServer(folder, ServerSettings.DEFAULT.at("127.0.0.1", 0), TestRegistry.inMemory(),
                audit); var client = server.client(); var raw = RawClient.admin(server)) {
            server.registry().admitAlso(request -> {
                request.note("example.com/all", "1");
                request.noteDetail("example.com/detail", "2");
                return request.object();
            });
            create(client, KubeObject.named(Kinds.CONFIG_MAPS, "default", "map").with("v", "data", "k"));
            create(client, KubeObject.named(Kinds.SECRETS, "default", "hidden").with("c2VjcmV0", "data", "k"));
            raw.send("GET", "/livez", "Accept: */*", "");
            raw.send("GET", "/api/v1/namespaces/none", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-"
                    + "b7ad6b7169203331-01", "");
        }
        var map = about(events, "configmaps");
        assertEquals("RequestResponse", map.text("level"));
        assertEquals("v", map.text("requestObject", "data", "k"));
        assertEquals("v", map.text("responseObject", "data", "k"));
        assertFalse(map.object("responseObject", "metadata").has("managedFields"));
        assertEquals(201, map.at("responseStatus", "code").number(0));
        var secret = about(events, "secrets");
        assertEquals("Metadata", secret.text("level"));
        assertEquals("{\"example.com/all\":\"1\"}", secret.object("annotations").toString());
        assertEquals(2, map.object("annotations").size());
        assertFalse(events.toString().contains("c2VjcmV0"));
        var missing = about(events, "namespaces");
        assertEquals(404, missing.at("responseStatus", "code").number(0));
        assertEquals("0af7651916cd43dd8448eb211c80319c", missing.text("annotations", "starling.dev/trace-id"));
        assertTrue(events.stream().allMatch(event -> event.text("stage").equals("ResponseComplete")));
        assertTrue(events.stream().noneMatch(event -> event.text("requestURI").equals("/livez")));
    }

    @Test
    void eventsTellWhatPodSecurityWouldNotHaveAllowed() throws Exception {
        var events = new CopyOnWriteArrayList<JsonObject>();
        var audit = new Operations.Audit(AuditPolicy.parse(POLICY), events::add, InstantSource.system(),
                new Random(1));
        try (var server = new TestServer(folder, ServerSettings.DEFAULT.at("127.0.0.1", 0), TestRegistry.inMemory(),
                audit); var client = server.client()) {
            client.patch(Kinds.NAMESPACES.key("", "default"), new Patch.Merge(JsonObject.of("metadata", JsonObject.of(
                    "labels", JsonObject.of("pod-security.kubernetes.io/audit", "baseline")))));
            var container = JsonObject.of("name", "c", "image", "i", "securityContext",
                    JsonObject.of("privileged", true));
            client.create(Kinds.PODS.key("default", "p"), KubeObject.named(Kinds.PODS, "default", "p")
                    .with(JsonObject.of("containers", List.of(container)), "spec"), WriteOptions.DEFAULT);
        }
        assertEquals("would violate PodSecurity \"baseline:latest\": privileged (container \"c\" must not set "
                        + "securityContext.privileged=true)", about(events, "pods").text("annotations",
                "pod-security.kubernetes.io/audit-violations"));
    }

    @Test
    void eventsHoldWhatCameInCbor() throws Exception {
        var events = new CopyOnWriteArrayList<JsonObject>();
        var audit = new Operations.Audit(AuditPolicy.parse(POLICY), events::add, InstantSource.system(),
                new Random(1));
        String body = new String(CborWriter.bytes(KubeObject.named(Kinds.CONFIG_MAPS, "default", "map")
                .with("v", "data", "k").tree()), StandardCharsets.ISO_8859_1);
        try (var server = new TestServer(folder, ServerSettings.DEFAULT.at("127.0.0.1", 0).speakingCbor(true),
                TestRegistry.inMemory(), audit); var raw = RawClient.admin(server)) {
            assertEquals(201, raw.send("POST", "/api/v1/namespaces/default/configmaps",
                    "Content-Type: application/cbor\r\nAccept: application/cbor", body).status());
        }
        var map = about(events, "configmaps");
        assertEquals("v", map.text("requestObject", "data", "k"));
        assertEquals("v", map.text("responseObject", "data", "k"));
    }

    private static void create(dev.starling.kube.api.KubeApi client, KubeObject object) {
        var type = object.kind().equals("Secret") ? Kinds.SECRETS : Kinds.CONFIG_MAPS;
        client.create(object.key(type), object, WriteOptions.DEFAULT);
    }

    private static JsonObject about(List<JsonObject> events, String resource) {
        return events.stream().filter(event -> event.text("objectRef", "resource").equals(resource)).findFirst()
                .orElseThrow(() -> new AssertionError(events.toString()));
    }

    @Test
    void tellsOfThoseWhoDidNotProveWhoTheyAre() throws Exception {
        var events = new CopyOnWriteArrayList<JsonObject>();
        var audit = new Operations.Audit(AuditPolicy.parse(
                "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n"), events::add,
                InstantSource.system(), new Random(1));
        try (var server = new TestServer(folder, ServerSettings.DEFAULT.at("127.0.0.1", 0), TestRegistry.inMemory(),
                audit); var stranger = RawClient.anonymous(server)) {
            assertEquals(401, stranger.send("GET", "/api/v1/namespaces", "Authorization: Bearer forged", "").status());
        }
        assertEquals(1, events.size(), events::toString);
        var event = events.getFirst();
        assertEquals("ResponseStarted", event.text("stage"));
        assertEquals(401, event.at("responseStatus", "code").number(0));
        assertEquals("Authentication failed, attempted: bearer", event.text("responseStatus", "message"));
        assertEquals("list", event.text("verb"));
        assertFalse(event.toString().contains("forged"));
    }

    @Test
    void tellsOfThoseWhoMayNotActAsSomebodyElse() throws Exception {
        var events = new CopyOnWriteArrayList<JsonObject>();
        var audit = new Operations.Audit(AuditPolicy.parse(
                "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n"), events::add,
                InstantSource.system(), new Random(1));
        try (var server = new TestServer(folder, ServerSettings.DEFAULT.at("127.0.0.1", 0), TestRegistry.inMemory(),
                audit); var raw = RawClient.anonymous(server)) {
            server.registry().api().create(Kinds.SERVICE_ACCOUNTS.key("default", "robot"),
                    KubeObject.named(Kinds.SERVICE_ACCOUNTS, "default", "robot"));
            String robot = "Authorization: Bearer " + server.token("default", "robot");
            assertEquals(403, raw.send("GET", "/api/v1/namespaces", robot + "\r\nImpersonate-User: eve", "").status());
            assertEquals(500, raw.send("GET", "/api/v1/namespaces", robot + "\r\nImpersonate-Group: g", "").status());
        }
        // A client may ask again before the end of its last request is on record.
        var stages = events.stream().collect(Collectors.groupingBy(event -> event.text("auditID"), Collectors.mapping(
                event -> event.text("stage") + " " + event.at("responseStatus", "code").number(0),
                Collectors.toList())));
        assertEquals(Set.of(List.of("RequestReceived 0", "ResponseComplete 403"),
                List.of("RequestReceived 0", "ResponseComplete 500")), Set.copyOf(stages.values()));
        assertTrue(events.stream().allMatch(event -> event.text("user", "username")
                .equals("system:serviceaccount:default:robot") && !event.has("impersonatedUser")), events::toString);
    }

    @Test
    void aLogThatCannotBeWrittenIsRefusedAtOnce() {
        var refusal = assertThrows(AuditException.class, () -> new AuditLog(AuditLog.Settings.of(folder),
                new ThreadDriver(InstantSource.system())));
        assertEquals("the audit log " + folder + " can't be written: it is a directory", refusal.getMessage());
        assertThrows(AuditException.class, () -> new AuditLog(AuditLog.Settings.of(folder.resolve("a/b")),
                new ThreadDriver(InstantSource.system())));
    }

    @Test
    void fieldsThatNobodyKnowsAreRefused() {
        var refusal = assertThrows(AuditException.class, () -> AuditPolicy.parse("""
                {apiVersion: audit.k8s.io/v1, kind: Policy, metadata: {name: p}, ruels: [], rules: [{level: None},
                {level: None, user: [x], resources: [{group: "", resource: [y]}]}]}
                """));
        assertEquals("strict decoding error: unknown field \"ruels\", unknown field \"rules[1].user\", "
                + "unknown field \"rules[1].resources[0].resource\"", refusal.getMessage());
    }

    @Test
    void theFileBeginsAnewAtItsSizeAndLosesNothingOnClose() throws Exception {
        var file = folder.resolve("audit.log");
        var log = new AuditLog(new AuditLog.Settings(file, 2_000, 2, 1_000, true),
                new ThreadDriver(InstantSource.system()));
        for (int i = 0; i < 3_000; i++) {
            log.record(JsonObject.of("n", i));
        }
        log.close();
        assertEquals(3_000, log.written());
        assertEquals(0, log.dropped());
        assertTrue(Files.exists(folder.resolve("audit.log.1")));
        assertFalse(Files.exists(folder.resolve("audit.log.3")));
        var lines = Files.readAllLines(file);
        assertEquals(2_999, JsonReader.read(lines.getLast()).object().at("n").number(0));
    }

    @Test
    void policiesThatMakeNoSenseAreRefused() {
        for (String rules : List.of("[]", "[{level: Some}]", "[{level: None, users: x}]",
                "[{level: None, omitStages: [Never]}]", "[{level: None, nonResourceURLs: [/a], namespaces: [b]}]")) {
            assertThrows(AuditException.class, () -> AuditPolicy.parse(
                    "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: " + rules + "\n"));
        }
    }
}
