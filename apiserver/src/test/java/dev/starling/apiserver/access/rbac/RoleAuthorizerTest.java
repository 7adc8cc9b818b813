package dev.starling.apiserver.access.rbac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.access.Attributes;
import dev.starling.apiserver.access.Callers;
import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.yaml.Yaml;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoleAuthorizerTest {
    private static final Caller JANE = Callers.authenticated("jane", List.of("devs"));

    private final TestRegistry registry = TestRegistry.inMemory();
    private final KubeApi api = registry.api();

    @AfterEach
    void close() {
        registry.close();
    }

    private void apply(String yaml) {
        apply(api, yaml);
    }

    private static void apply(KubeApi api, String yaml) {
        for (var document : Yaml.documents(yaml)) {
            var object = KubeObject.of(document.object());
            var type = Kinds.STORED.stream().filter(t -> t.kind().equals(object.kind())).findFirst().orElseThrow();
            api.create(object.key(type), object);
        }
    }

    private static String role(String kind, String name, String rules) {
        String namespace = kind.equals("Role") ? ", namespace: default" : "";
        return "apiVersion: rbac.authorization.k8s.io/v1\nkind: " + kind + "\nmetadata: {name: '" + name + "'"
                + namespace + "}\nrules:\n" + rules + "\n---\n";
    }

    private static String binding(String kind, String role, String subject) {
        String namespace = kind.equals("RoleBinding") ? ", namespace: default" : "";
        return "apiVersion: rbac.authorization.k8s.io/v1\nkind: " + kind + "\nmetadata: {name: b" + namespace
                + "}\nroleRef: {kind: " + role.replace("/", ", name: '") + "'}\nsubjects: [" + subject + "]\n";
    }

    private static final String USER_JANE = "{kind: User, name: jane}";

    private boolean may(Caller who, String verb, String resource, String namespace) {
        return may(who, verb, resource, namespace, "");
    }

    private boolean may(Caller who, String verb, String resource, String namespace, String name) {
        var parts = resource.split("/");
        return registry.roles().authorizer().allows(who, new Attributes(verb, "", parts[0],
                parts.length > 1 ? parts[1] : "", namespace, name, ""));
    }

    private boolean reads(Caller who, String path) {
        return registry.roles().authorizer().allows(who, new Attributes("get", "", "", "", "", "", path));
    }

    @Test
    void allowsInItsNamespaceWhatARoleSays() {
        apply(role("Role", "r", "- {apiGroups: [''], resources: [pods], verbs: [get, list]}")
                + binding("RoleBinding", "Role/r", USER_JANE));
        assertTrue(may(JANE, "list", "pods", "default"));
        assertFalse(may(JANE, "delete", "pods", "default"));
        assertFalse(may(JANE, "list", "pods", "kube-system"));
        assertFalse(may(JANE, "list", "pods", ""));
        assertFalse(may(JANE, "get", "pods/log", "default"));
        assertFalse(may(Callers.authenticated("joe", List.of()), "list", "pods", "default"));
    }

    @Test
    void allowsEverywhereWhatTheClusterBinds() {
        apply(role("ClusterRole", "system:x", "- {apiGroups: [''], resources: [pods/log, '*/scale'], verbs: ['*']}")
                + binding("ClusterRoleBinding", "ClusterRole/system:x", "{kind: Group, name: devs}"));
        assertTrue(may(JANE, "get", "pods/log", "kube-system"));
        assertTrue(may(JANE, "update", "replicationcontrollers/scale", ""));
        assertFalse(may(JANE, "get", "pods", "default"));
    }

    @Test
    void allowsNamedObjectsAlone() {
        apply(role("ClusterRole", "r",
                "- {apiGroups: [''], resources: [secrets], resourceNames: [a], verbs: [get, list]}")
                + binding("RoleBinding", "ClusterRole/r", USER_JANE));
        assertTrue(may(JANE, "get", "secrets", "default", "a"));
        assertFalse(may(JANE, "get", "secrets", "default", "b"));
        assertFalse(may(JANE, "list", "secrets", "default"));
    }

    @Test
    void allowsPathsByTheirBeginning() {
        apply(role("ClusterRole", "r", "- {nonResourceURLs: [/metrics, '/logs/*'], verbs: [get]}")
                + binding("ClusterRoleBinding", "ClusterRole/r", USER_JANE));
        assertTrue(reads(JANE, "/metrics"));
        assertTrue(reads(JANE, "/logs/today"));
        assertFalse(reads(JANE, "/metrics/slis"));
    }

    @Test
    void knowsServiceAccountsByTheNamespaceOfTheBinding() {
        apply(role("Role", "r", "- {apiGroups: [''], resources: [pods], verbs: [get]}")
                + binding("RoleBinding", "Role/r", "{kind: ServiceAccount, name: robot}"));
        assertTrue(may(Callers.authenticated("system:serviceaccount:default:robot", List.of()), "get", "pods",
                "default"));
    }

    @Test
    void isAsNewAsTheStore() {
        apply(role("Role", "r", "- {apiGroups: [''], resources: [pods], verbs: [get]}"));
        assertFalse(may(JANE, "get", "pods", "default"));
        apply(binding("RoleBinding", "Role/r", USER_JANE));
        assertTrue(may(JANE, "get", "pods", "default"));
        var key = Kinds.ROLES.key("default", "r");
        api.update(key, api.get(key).with(Yaml.documents("[{apiGroups: [''], resources: [pods], verbs: [list]}]")
                .getFirst(), "rules"));
        assertFalse(may(JANE, "get", "pods", "default"));
        assertTrue(may(JANE, "list", "pods", "default"));
        api.delete(Kinds.ROLE_BINDINGS.key("default", "b"));
        assertFalse(may(JANE, "list", "pods", "default"));
    }

    @Test
    void tellsWhyAndWhyNot() {
        apply(binding("RoleBinding", "ClusterRole/gone", USER_JANE));
        var wanted = new Attributes("get", "", "pods", "", "default", "", "");
        assertEquals("RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found",
                registry.roles().authorizer().judge(JANE, wanted).reason());
        apply(role("ClusterRole", "gone", "- {apiGroups: [''], resources: [pods], verbs: [get]}"));
        assertEquals("RBAC: allowed by RoleBinding \"b/default\" of ClusterRole \"gone\" to User \"jane\"",
                registry.roles().authorizer().judge(JANE, wanted).reason());
    }

    private String refused(String yaml) {
        return assertThrows(ApiException.class, () -> apply(registry.registry().as(JANE), yaml)).getMessage();
    }

    @Test
    void letsNobodyGiveWhatHeDoesNotHave() {
        apply(role("ClusterRole", "author",
                "- {apiGroups: [''], resources: [pods], verbs: [get]}\n"
                + "- {apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [create]}")
                + binding("ClusterRoleBinding", "ClusterRole/author", USER_JANE));
        assertEquals("roles.rbac.authorization.k8s.io \"r\" is forbidden: user \"jane\" "
                + "(groups=[\"devs\" \"system:authenticated\"]) is attempting to grant RBAC permissions not currently "
                + "held:\n{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"list\" \"watch\"]}\n"
                + "{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\" \"list\" \"watch\"]}",
                refused(role("Role", "r",
                        "- {apiGroups: [''], resources: [pods, secrets], verbs: [get, list, watch]}")));
        apply(registry.registry().as(JANE), role("Role", "r", "- {apiGroups: [''], resources: [pods], verbs: [get]}"));
        assertTrue(refused("apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: all}\n"
                + "aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}")
                .endsWith("must have cluster-admin privileges to use the aggregationRule"));
    }

    @Test
    void letsBindWhoMayBind() {
        apply(role("ClusterRole", "strong", "- {apiGroups: ['*'], resources: ['*'], verbs: ['*']}"));
        String strong = binding("RoleBinding", "ClusterRole/strong", "{kind: User, name: joe}");
        assertTrue(refused(strong).contains("permissions not "
                + "currently held:\n{APIGroups:[\"*\"], Resources:[\"*\"], Verbs:[\"*\"]}"));
        apply(role("ClusterRole", "binder", "- {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], "
                + "resourceNames: [strong], verbs: [bind]}")
                + binding("ClusterRoleBinding", "ClusterRole/binder", USER_JANE));
        apply(registry.registry().as(JANE), strong);
        assertTrue(may(Callers.authenticated("joe", List.of()), "delete", "pods", "default"));
        assertFalse(may(Callers.authenticated("joe", List.of()), "delete", "pods", "kube-system"));
    }

    @Test
    void keepsTheRoleOfABinding() {
        apply(binding("RoleBinding", "ClusterRole/a", USER_JANE));
        var key = Kinds.ROLE_BINDINGS.key("default", "b");
        var refusal = assertThrows(ApiException.class,
                () -> api.update(key, api.get(key).with("other", "roleRef", "name")));
        assertTrue(refusal.getMessage().endsWith("cannot change roleRef"), refusal.getMessage());
    }
}
