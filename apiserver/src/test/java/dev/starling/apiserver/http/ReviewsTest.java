package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.yaml.Yaml;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reviews over the wire, and what becomes of those who prove nothing. */
class ReviewsTest {
    @TempDir
    private static Path folder;
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.in(folder);
        server.bootstrapRoles();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static ResourceType type(String group, String kind, boolean namespaced) {
        return new ResourceType(group, "v1", kind.toLowerCase(java.util.Locale.ROOT) + "s", kind, namespaced);
    }

    private static JsonObject asked(KubeApi api, ResourceType type, String namespace, String spec) {
        var question = JsonObject.of("apiVersion", type.apiVersion(), "kind", type.kind(), "spec",
                Yaml.documents(spec).getFirst());
        return api.create(type.key(namespace, ""), KubeObject.of(question)).status();
    }

    @Test
    void tellWhatOthersMay() {
        var type = type("authorization.k8s.io", "SubjectAccessReview", false);
        var status = asked(server.client(), type, "",
                "{user: jane, groups: [system:monitoring], nonResourceAttributes: {path: /metrics, verb: get}}");
        assertTrue(status.flag("allowed"));
        assertEquals("RBAC: allowed by ClusterRoleBinding \"system:monitoring\" of ClusterRole \"system:monitoring\" "
                + "to Group \"system:monitoring\"", status.text("reason"));
        var refusal = assertThrows(ApiException.class, () -> asked(server.client(), type, "",
                "{resourceAttributes: {verb: get, resource: pods}}"));
        assertEquals("SubjectAccessReview.authorization.k8s.io \"\" is invalid: spec.user: Invalid value: \"\": "
                + "at least one of user or group must be specified", refusal.getMessage());
    }

    @Test
    void whoMayOnlyPatchMakesNothingByAnApplication() throws Exception {
        var api = server.client();
        Yaml.documents("""
                {kind: ClusterRole, apiVersion: rbac.authorization.k8s.io/v1, metadata: {name: patcher},
                 rules: [{apiGroups: [""], resources: [configmaps], verbs: [patch]}]}
                """).forEach(role -> api.create(Kinds.CLUSTER_ROLES.key("", ""), KubeObject.of(role.object())));
        Yaml.documents("""
                {kind: ClusterRoleBinding, apiVersion: rbac.authorization.k8s.io/v1, metadata: {name: patcher},
                 roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: patcher},
                 subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: pat}]}
                """).forEach(one -> api.create(Kinds.CLUSTER_ROLE_BINDINGS.key("", ""), KubeObject.of(one.object())));
        api.create(Kinds.CONFIG_MAPS.key("default", ""), KubeObject.named(Kinds.CONFIG_MAPS, "default", "there"));
        try (var client = RawClient.admin(server)) {
            assertEquals(200, applied(client, "there").status());
            var refusal = applied(client, "new");
            assertEquals(403, refusal.status());
            assertTrue(refusal.body().contains("User \\\"pat\\\" cannot create resource"), refusal.body());
        }
    }

    private static RawClient.Reply applied(RawClient client, String name) throws Exception {
        return client.send("PATCH", "/api/v1/namespaces/default/configmaps/" + name + "?fieldManager=m",
                "Content-Type: application/apply-patch+yaml\r\nImpersonate-User: pat",
                "{kind: ConfigMap, apiVersion: v1, metadata: {name: " + name + "}, data: {a: b}}");
    }

    @Test
    void tellWhatOthersMayInANamespace() {
        var type = type("authorization.k8s.io", "LocalSubjectAccessReview", true);
        assertFalse(asked(server.client(), type, "default",
                "{user: jane, resourceAttributes: {verb: get, resource: pods, namespace: default}}").flag("allowed"));
        assertEquals("spec.resourceAttributes.namespace must match namespace: default",
                assertThrows(ApiException.class, () -> asked(server.client(), type, "default",
                        "{user: jane, resourceAttributes: {verb: get, resource: pods, namespace: x}}")).getMessage());
    }

    @Test
    void tellWhoseATokenIs() {
        var type = type("authentication.k8s.io", "TokenReview", false);
        String token = server.token("default", "default");
        var status = asked(server.client(), type, "", "{token: " + token + "}");
        assertTrue(status.flag("authenticated"));
        assertEquals("system:serviceaccount:default:default", status.text("user", "username"));
        var forged = asked(server.client(), type, "", "{token: " + token.substring(0, token.length() - 9) + "}");
        assertFalse(forged.flag("authenticated"));
        assertEquals("invalid bearer token", forged.text("error"));
        assertFalse(asked(server.client(), type, "", "{token: " + token + ", audiences: [other]}")
                .flag("authenticated"));
    }

    @Test
    void areForThoseWhoMayAsk() {
        var robot = server.accountClient("default", "default");
        var self = type("authorization.k8s.io", "SelfSubjectAccessReview", false);
        assertFalse(asked(robot, self, "", "{resourceAttributes: {verb: get, resource: pods}}").flag("allowed"));
        var others = assertThrows(ApiException.class, () -> asked(robot,
                type("authorization.k8s.io", "SubjectAccessReview", false), "", "{user: x}"));
        assertEquals(403, others.code());
        var pods = assertThrows(ApiException.class, () -> robot.list(ListQuery.in(Kinds.PODS, "default")));
        assertEquals("pods is forbidden: User \"system:serviceaccount:default:default\" cannot list resource \"pods\" "
                + "in API group \"\" in the namespace \"default\"", pods.getMessage());
    }
}
