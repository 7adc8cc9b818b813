package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.starling.apiserver.access.csr.NodeClientApprover;
import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.ThreadDriver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests of nodes for their certificates are approved for those who may have that. */
@Timeout(60)
final class NodeRequestsTest {
    private static final Caller BOOTSTRAPPER = new Caller("system:bootstrap:abcdef", "",
            List.of("system:bootstrappers", "system:authenticated"), Map.of());
    private static final Caller NODE = new Caller("system:node:n1", "", List.of("system:nodes",
            "system:authenticated"), Map.of());

    @TempDir
    private Path folder;
    private TestServer server;
    private AutoCloseable approver = () -> { };

    @BeforeEach
    void start() {
        server = TestServer.in(folder);
        server.bootstrapRoles();
        bind("nodes", "system:nodes", "selfnodeclient");
        bind("bootstrappers", "system:bootstrappers", "nodeclient");
        approver = NodeClientApprover.start(server.registry().registry().as(Caller.component("csr-approver")),
                server.registry().roles().authorizer(), new ThreadDriver(InstantSource.system()));
    }

    @AfterEach
    void stop() throws Exception {
        approver.close();
        server.close();
    }

    private void bind(String name, String group, String right) {
        var type = Kinds.CLUSTER_ROLE_BINDINGS;
        server.registry().api().create(type.key(name), KubeObject.named(type, "", name)
                .with(JsonObject.of("apiGroup", "rbac.authorization.k8s.io", "kind", "ClusterRole", "name",
                        "system:certificates.k8s.io:certificatesigningrequests:" + right), "roleRef")
                .with(JsonArray.of(JsonObject.of("apiGroup", "rbac.authorization.k8s.io", "kind", "Group", "name",
                        group)), "subjects"));
    }

    private void ask(Caller caller, String name, String subject, String... usages) throws Exception {
        var type = Kinds.CERTIFICATE_SIGNING_REQUESTS;
        var spec = JsonObject.of("request", Base64.getEncoder().encodeToString(Requests.pem(subject)
                        .getBytes(StandardCharsets.US_ASCII)),
                "signerName", "kubernetes.io/kube-apiserver-client-kubelet", "usages", List.of(usages));
        server.registry().registry().as(caller).create(type.key(name), KubeObject.named(type, "", name)
                .with(spec, "spec"));
    }

    private JsonObject condition(String name) {
        return server.registry().api().get(Kinds.CERTIFICATE_SIGNING_REQUESTS.key(name)).status()
                .array("conditions").objects().stream().findFirst().orElse(JsonObject.EMPTY);
    }

    @Test
    void whoeverMayHaveACertificateGetsIt() throws Exception {
        ask(BOOTSTRAPPER, "first", "O=system:nodes,CN=system:node:n1", "digital signature", "client auth");
        CustomResources.await(() -> condition("first").text("type").equals("Approved"));
        assertEquals("AutoApproved Auto approving kubelet client certificate after SubjectAccessReview.",
                condition("first").text("reason") + " " + condition("first").text("message"));
        assertFalse(server.registry().api().get(Kinds.CERTIFICATE_SIGNING_REQUESTS.key("first")).status()
                .text("certificate").isEmpty());
        ask(NODE, "renewed", "O=system:nodes,CN=system:node:n1", "digital signature", "client auth",
                "key encipherment");
        CustomResources.await(() -> condition("renewed").text("message").contains("self kubelet"));
    }

    @Test
    void othersWaitForSomebodyToJudgeThem() throws Exception {
        ask(NODE, "another", "O=system:nodes,CN=system:node:n2", "digital signature", "client auth");
        ask(new Caller("jane", "", List.of("system:authenticated"), Map.of()), "jane",
                "O=system:nodes,CN=system:node:jane", "digital signature", "client auth");
        ask(BOOTSTRAPPER, "user", "O=devs,CN=joe", "digital signature", "client auth");
        ask(BOOTSTRAPPER, "usages", "O=system:nodes,CN=system:node:n1", "client auth");
        ask(BOOTSTRAPPER, "last", "O=system:nodes,CN=system:node:n1", "digital signature", "client auth");
        CustomResources.await(() -> condition("last").text("type").equals("Approved"));
        for (String name : List.of("another", "jane", "user", "usages")) {
            assertEquals(JsonObject.EMPTY, condition(name), name);
        }
    }
}
