package dev.starling.apiserver.http;

import static dev.starling.apiserver.http.CustomResources.define;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.Patch;
import dev.starling.kube.http.HttpApi;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.yaml.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What upstream's conformance tests of the API demand and no test of a single part shows. */
@Timeout(60)
class ConformanceTest {
    private static final String JSON = "Content-Type: application/json";
    private static final ResourceType REQUESTS = Kinds.CERTIFICATE_SIGNING_REQUESTS;

    @TempDir
    private Path folder;
    private TestServer server;
    private HttpApi api;

    @BeforeEach
    void open() {
        server = TestServer.in(folder);
        api = server.client();
    }

    @AfterEach
    void close() {
        api.close();
        server.close();
    }

    private static KubeObject yaml(String text) {
        return KubeObject.of(Yaml.documents(text).getFirst().object());
    }

    private RawClient.Reply send(String method, String path, String header, String body) throws IOException {
        try (var client = RawClient.admin(server)) {
            return client.send(method, path, header, body);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            v1 | ResourceQuota | resourcequotas | {hard: {pods: 1}} | {hard: {pods: 1}}
            policy/v1 | PodDisruptionBudget | poddisruptionbudgets | {minAvailable: 1} | {currentHealthy: 3}
            v1 | Service | services | {type: LoadBalancer, ports: [{port: 1}]} | {loadBalancer: {ingress: [{ip: 1::1}]}}
            """)
    void aWriteOfTheStatusAlsoCarriesAnnotations(String version, String kind, String plural, String spec,
            String status) throws IOException {
        String root = (version.contains("/") ? "/apis/" : "/api/") + version + "/namespaces/default/" + plural;
        String object = "{apiVersion: %s, kind: %s, metadata: {name: x}, spec: %s}".formatted(version, kind, spec);
        assertEquals(201, send("POST", root, "Content-Type: application/yaml", object).status());
        var patch = Yaml.documents("{metadata: {annotations: {a: b}}, status: " + status + "}").getFirst();
        var reply = send("PATCH", root + "/x/status", "Content-Type: application/merge-patch+json", patch.toString());
        var after = KubeObject.of(JsonReader.readObject(reply.body().getBytes(StandardCharsets.UTF_8)));
        assertEquals("b", after.annotations().get("a"));
        assertFalse(after.status().isEmpty());
    }

    @Test
    void theStatusOfSomeKindsStandsAlone() {
        api.create(Kinds.VOLUME_ATTACHMENTS.key("a"), yaml("""
                apiVersion: storage.k8s.io/v1
                kind: VolumeAttachment
                metadata: {name: a}
                spec: {attacher: example.com, nodeName: n, source: {persistentVolumeName: v}}
                """));
        var after = api.patch(Kinds.VOLUME_ATTACHMENTS.key("a").sub("status"), new Patch.Merge(JsonObject.of(
                "metadata", JsonObject.of("annotations", JsonObject.of("a", "b")),
                "status", JsonObject.of("attached", true))));
        assertTrue(after.annotations().isEmpty());
        assertTrue(after.status().flag("attached"));
    }

    @Test
    void aBindingOfTheNamespaceBindsThePodThatItNames() {
        api.create(Kinds.PODS.key("default", "p"), yaml("""
                {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: i}]}}
                """));
        api.create(Kinds.BINDINGS.key("default", "p"), yaml("""
                {apiVersion: v1, kind: Binding, metadata: {name: p}, target: {kind: Node, name: n}}
                """));
        assertEquals("n", api.get(Kinds.PODS.key("default", "p")).spec().text("nodeName"));
    }

    @Test
    void aReviewIsNoTable() throws IOException {
        String path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
        String review = "{\"spec\":{\"resourceAttributes\":{\"verb\":\"get\",\"resource\":\"pods\"}}}";
        String table = "Accept: application/json;as=Table;v=v1;g=meta.k8s.io";
        assertEquals(406, send("POST", path, JSON + "\r\n" + table, review).status());
        assertEquals(201, send("POST", path, JSON + "\r\n" + table + ",application/json", review).status());
    }

    @Test
    void aConnectionServesOnAfterARefusalThatDidNotWaitForTheBody() throws IOException {
        try (var client = RawClient.admin(server)) {
            for (int i = 0; i < 3; i++) {
                assertEquals(404, client.send("POST", "/apis/none/v1/things", JSON, "{}".repeat(500)).status());
            }
            client.write("POST /none HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300000\r\n\r\n");
            var reply = client.read();
            assertEquals(404, reply.status());
            assertEquals("close", reply.header("connection"));
        }
    }

    @Test
    void aFieldThatIsTwiceInAnAppliedTextIsToldWithItsLine() throws IOException {
        var reply = send("PATCH", "/api/v1/namespaces/default/configmaps/x?fieldManager=m&fieldValidation=Strict",
                "Content-Type: application/apply-patch+yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  foo: a\n  foo: b\n");
        assertEquals(400, reply.status());
        assertTrue(reply.body().contains("line 6: key \\\"foo\\\" already set in map"), reply.body());
    }

    @Test
    void anApprovalMayBringConditionsOfItsOwn() throws Exception {
        var asked = yaml("{apiVersion: certificates.k8s.io/v1, kind: CertificateSigningRequest, metadata: {name: r}}")
                .with(JsonObject.of("request", Base64.getEncoder().encodeToString(Requests.pem("CN=x")
                        .getBytes(StandardCharsets.US_ASCII)), "signerName", "example.com/s",
                        "usages", List.of("digital signature")), "spec");
        api.create(REQUESTS.key("r"), asked);
        var condition = JsonObject.of("type", "ApprovalPatch", "status", "True", "reason", "e2e");
        var after = api.patch(REQUESTS.key("r").sub("approval"), new Patch.Merge(JsonObject.of(
                "metadata", JsonObject.of("annotations", JsonObject.of("a", "b")),
                "status", JsonObject.of("conditions", JsonArray.of(condition)))));
        assertEquals("b", after.annotations().get("a"));
        assertEquals("ApprovalPatch", after.status().array("conditions").objects().getFirst().text("type"));
    }

    @Test
    void anOpenSchemaIsAnObjectAndNothingElseInTheSecondOpenApi() throws IOException {
        define(api, """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: opens.example.com}
                spec:
                  group: example.com
                  scope: Cluster
                  names: {plural: opens, kind: Open}
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
                """);
        var document = JsonReader.readObject(send("GET", "/openapi/v2", "Accept: application/json", "").body()
                .getBytes(StandardCharsets.UTF_8));
        assertEquals(JsonObject.of("type", "object"), document.object("definitions", "com.example.v1.Open")
                .without("x-kubernetes-group-version-kind"));
    }

    @Test
    void whatADefinitionHasAlreadyIsNotJudgedAgain() {
        var definition = define(api, CustomResources.CRON_TAB);
        var key = CustomResources.DEFINITIONS.key(definition.name());
        var odd = JsonObject.of("type", "", "status", "", "message", "updated");
        var after = api.update(key.sub("status"), definition.with(
                definition.status().array("conditions").plus(odd), "status", "conditions"));
        assertTrue(after.status().array("conditions").objects().stream()
                .anyMatch(condition -> condition.text("message").equals("updated")));
    }

    /** As definitions in the wild have it: two lists, neither with a limit, and a rule below both. */
    @Test
    void aCheapRuleBelowListsWithoutLimitsIsNotTooDear() {
        define(api, """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: routes.example.com}
                spec:
                  group: example.com
                  scope: Cluster
                  names: {plural: routes, kind: Route}
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    schema:
                      openAPIV3Schema:
                        type: object
                        properties:
                          receivers:
                            type: array
                            items:
                              type: object
                              required: [name]
                              properties:
                                name: {type: string}
                                configs:
                                  type: array
                                  items:
                                    type: object
                                    properties: {a: {type: string}, b: {type: string}}
                                    x-kubernetes-validations: [{rule: '!has(self.a) || has(self.b)'}]
                """);
    }
}
