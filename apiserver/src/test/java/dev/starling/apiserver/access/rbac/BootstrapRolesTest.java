package dev.starling.apiserver.access.rbac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.access.Attributes;
import dev.starling.apiserver.access.Callers;
import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.object.Kinds;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BootstrapRolesTest {
    private final TestRegistry registry = TestRegistry.inMemory();
    private final BootstrapRoles roles = new BootstrapRoles(registry.api(), () -> { });

    @BeforeEach
    void write() {
        roles.run();
    }

    @AfterEach
    void close() {
        registry.close();
    }

    private boolean may(String user, String group, String verb, String resource) {
        return registry.roles().authorizer().allows(Callers.authenticated(user, List.of(group)),
                new Attributes(verb, "", resource, "", "default", "", ""));
    }

    @Test
    void writesNothingTheSecondTime() {
        long before = registry.store().revision();
        roles.run();
        assertEquals(before, registry.store().revision());
        assertEquals(66, registry.api().list(ListQuery.all(Kinds.CLUSTER_ROLES)).items().size());
    }

    @Test
    void givesKnownUsersDiscoveryAndComponentsTheirWork() {
        var discovery = new Attributes("get", "", "", "", "", "", "/openapi/v2");
        assertTrue(registry.roles().authorizer().allows(Callers.authenticated("x", List.of()), discovery));
        assertFalse(registry.roles().authorizer().allows(Callers.ANONYMOUS, discovery));
        assertTrue(may("system:kube-scheduler", "", "list", "pods"));
        assertTrue(may("system:serviceaccount:kube-system:replicaset-controller", "", "create", "pods"));
        assertFalse(may("system:serviceaccount:default:default", "", "create", "pods"));
    }

    @Test
    void collectsTheRulesOfUsersRoles() {
        var admin = registry.api().get(Kinds.CLUSTER_ROLES.key("admin"));
        var view = PolicyRule.all(registry.api().get(Kinds.CLUSTER_ROLES.key("view")).tree().array("rules"));
        var edit = PolicyRule.all(registry.api().get(Kinds.CLUSTER_ROLES.key("edit")).tree().array("rules"));
        assertTrue(Coverage.missing(PolicyRule.all(admin.tree().array("rules")), edit).isEmpty());
        assertTrue(Coverage.missing(edit, view).isEmpty());
        assertFalse(Coverage.missing(view, edit).isEmpty());
    }

    @Test
    void givesBackWhatWasTakenAndKeepsWhatWasAdded() {
        var key = Kinds.CLUSTER_ROLES.key("system:basic-user");
        var own = PolicyRule.all(JsonArray.EMPTY.plus(new PolicyRule(List.of("get"), List.of(""), List.of("pods"),
                List.of(), List.of()).json())).getFirst();
        registry.api().update(key, registry.api().get(key).with(JsonArray.of(own.json()), "rules"));
        roles.run();
        var rules = PolicyRule.all(registry.api().get(key).tree().array("rules"));
        assertTrue(rules.contains(own));
        assertEquals(4, rules.size());
    }

    @Test
    void leavesAloneWhatIsMarkedSo() {
        var key = Kinds.CLUSTER_ROLE_BINDINGS.key("system:discovery");
        registry.api().update(key, registry.api().get(key).without("subjects")
                .with("false", "metadata", "annotations", BootstrapPolicy.AUTO_UPDATE));
        roles.run();
        assertTrue(registry.api().get(key).tree().array("subjects").isEmpty());
    }
}
