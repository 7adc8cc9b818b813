package dev.starling.apiserver.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.registry.Caller;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuthorizerTest {
    private static final Caller ROBOT = Callers.authenticated("system:serviceaccount:default:default",
            List.of("system:serviceaccounts", "system:serviceaccounts:default"));
    private final Authorizer authorizer = new FixedRules();

    private static Attributes resource(String verb, String group, String resource, String namespace, String name) {
        return new Attributes(verb, group, resource, "", namespace, name, "/");
    }

    private static Attributes path(String path) {
        return new Attributes("get", "", "", "", "", "", path);
    }

    @Test
    void letsAdministratorsDoEverything() {
        var admin = Callers.authenticated("me", List.of(Callers.MASTERS));
        assertTrue(authorizer.allows(admin, resource("delete", "apps", "deployments", "x", "y")));
        assertTrue(authorizer.allows(admin, path("/metrics")));
    }

    @Test
    void letsStrangersAskOnlyWhetherTheServerIsWell() {
        assertTrue(authorizer.allows(Callers.ANONYMOUS, path("/readyz/store")));
        assertTrue(authorizer.allows(Callers.ANONYMOUS, path("/version")));
        assertFalse(authorizer.allows(Callers.ANONYMOUS, path("/api")));
        assertFalse(authorizer.allows(Callers.ANONYMOUS, resource("list", "", "pods", "x", "")));
    }

    @Test
    void wordsRefusalsAsKubernetesDoes() {
        assertEquals("pods is forbidden: User \"system:serviceaccount:default:default\" cannot list resource \"pods\" "
                + "in API group \"\" in the namespace \"default\"",
                Authorizer.refusal(ROBOT, resource("list", "", "pods", "default", ""), "").getMessage());
        assertEquals("deployments.apps \"web\" is forbidden: User \"system:serviceaccount:default:default\" cannot get "
                + "resource \"deployments\" in API group \"apps\" at the cluster scope",
                Authorizer.refusal(ROBOT, resource("get", "apps", "deployments", "", "web"), "").getMessage());
        assertEquals("forbidden: User \"system:serviceaccount:default:default\" cannot get path \"/metrics\"",
                Authorizer.refusal(ROBOT, path("/metrics"), "").getMessage());
        assertEquals("pods \"web\" is forbidden: User \"system:serviceaccount:default:default\" cannot create resource "
                + "\"pods/exec\" in API group \"\" in the namespace \"d\"", Authorizer.refusal(ROBOT,
                new Attributes("create", "", "pods", "exec", "d", "web", "/"), "").getMessage());
    }
}
