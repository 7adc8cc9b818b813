package dev.starling.apiserver.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.apiserver.access.Authorizer.Verdict;
import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.api.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ImpersonationTest {
    private static final Caller OPERATOR = Callers.authenticated("operator", List.of());

    private final List<Attributes> asked = new ArrayList<>();
    private final Impersonation impersonation = new Impersonation((user, wanted) -> {
        assertSame(OPERATOR, user);
        asked.add(wanted);
        return wanted.name().startsWith("secret") ? Verdict.NO_OPINION : Verdict.ALLOW;
    });

    private Caller as(Map<String, List<String>> headers) {
        return impersonation.as(OPERATOR, headers);
    }

    @Test
    void changesNothingWithoutHeaders() {
        assertSame(OPERATOR, as(Map.of()));
    }

    @Test
    void takesUserGroupsUidAndExtra() {
        var jane = as(Map.of("impersonate-user", List.of("jane"), "impersonate-group", List.of("devs", "ops"),
                "impersonate-uid", List.of("7"), "impersonate-extra-acme.com%2fproject", List.of("a", "b")));
        assertEquals(new Caller("jane", "7", List.of("devs", "ops", "system:authenticated"),
                Map.of("acme.com/project", List.of("a", "b"))), jane);
        assertEquals(List.of("users", "groups", "groups", "userextras", "userextras", "uids"),
                asked.stream().map(Attributes::resource).toList());
        assertEquals("acme.com/project", asked.get(3).subresource());
    }

    @Test
    void givesAServiceAccountItsGroups() {
        var robot = as(Map.of("impersonate-user", List.of("system:serviceaccount:team:robot")));
        assertEquals(List.of("system:serviceaccounts", "system:serviceaccounts:team", "system:authenticated"),
                robot.groups());
        assertEquals(new Attributes("impersonate", "", "serviceaccounts", "", "team", "robot", ""), asked.getFirst());
    }

    @Test
    void leavesStrangersUnknown() {
        assertEquals(List.of("system:unauthenticated"),
                as(Map.of("impersonate-user", List.of("system:anonymous"))).groups());
    }

    @Test
    void isRefusedInTheNameOfTheOneWhoAsks() {
        var refusal = assertThrows(ApiException.class, () -> as(Map.of("impersonate-user", List.of("jane"),
                "impersonate-group", List.of("secret-keepers"))));
        assertEquals("groups \"secret-keepers\" is forbidden: User \"operator\" cannot impersonate resource "
                + "\"groups\" in API group \"\" at the cluster scope", refusal.getMessage());
    }

    @Test
    void needsAUser() {
        assertNobody("{Group  devs    } {Group  ops    }", Map.of("impersonate-group", List.of("devs", "ops")));
        assertNobody("{UserExtra  a  authentication.k8s.io/v1  key}", Map.of("impersonate-extra-key", List.of("a")));
        assertNobody("{UID  7  authentication.k8s.io/v1  }", Map.of("impersonate-uid", List.of("7")));
    }

    private void assertNobody(String requested, Map<String, List<String>> headers) {
        assertEquals("requested [" + requested + "] without impersonating a user",
                assertThrows(Impersonation.NobodyNamed.class, () -> as(headers)).getMessage());
    }

    @Test
    void passesOverHeadersThatNameNothing() {
        assertSame(OPERATOR, as(Map.of("impersonate-user", List.of(""), "impersonate-other", List.of("x"))));
    }
}
