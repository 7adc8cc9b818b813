package dev.starling.apiserver.kinds;

import static dev.starling.apiserver.registry.Objects.json;
import static dev.starling.apiserver.registry.Objects.object;
import static dev.starling.apiserver.registry.Objects.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EvictionTest {
    private static final ObjectKey POD = Kinds.PODS.key("default", "a");
    private static final ObjectKey BUDGET = Kinds.POD_DISRUPTION_BUDGETS.key("default", "b");
    private static final String CONDITION = "'conditions':[{'type':'DisruptionAllowed','status':'False',"
            + "'lastTransitionTime':'2030-01-01T00:00:00Z','reason':'%s','message':'%s'}]";

    private final TestRegistry server = TestRegistry.inMemory();
    private final KubeApi api = server.api();

    @AfterEach
    void close() {
        server.close();
    }

    private KubeObject running(boolean ready) {
        api.create(POD, pod("a").with("n1", "spec", "nodeName").with("x", "metadata", "labels", "l"));
        return api.update(POD.sub("status"), api.get(POD).with(json("{'phase':'Running','conditions':["
                + "{'type':'Ready','status':'" + (ready ? "True" : "False") + "'}]}"), "status"));
    }

    private void protect(String name, String spec, String status) {
        var key = Kinds.POD_DISRUPTION_BUDGETS.key("default", name);
        var made = api.create(key, object("{'metadata':{'name':'" + name + "'},'spec':{" + spec
                + "'selector':{'matchLabels':{'l':'x'}}}}"));
        api.update(key.sub("status"), made.with(json("{" + status + "}"), "status"));
    }

    private static String counts(int allowed, int desired, int healthy) {
        return "'observedGeneration':1,'disruptionsAllowed':" + allowed + ",'desiredHealthy':" + desired
                + ",'currentHealthy':" + healthy + ",'expectedPods':3";
    }

    private void evict(String options) {
        api.create(POD.sub("eviction"), object("{'apiVersion':'policy/v1','kind':'Eviction','metadata':{'name':'a'}"
                + options + "}"));
    }

    private ApiException refused(Reason reason, String options) {
        var refusal = assertThrows(ApiException.class, () -> evict(options));
        assertEquals(reason, refusal.reason(), refusal.getMessage());
        return refusal;
    }

    private static String cause(ApiException refusal) {
        var cause = refusal.details().array("causes").at(0).object();
        assertEquals("DisruptionBudget", cause.text("reason"));
        return cause.text("message");
    }

    private boolean goes() {
        return api.get(POD).deleting();
    }

    @Test
    void aPodWithoutBudgetSaysWhyItGoes() {
        running(true);
        evict(",'deleteOptions':{'gracePeriodSeconds':7}");
        var pod = api.get(POD);
        assertEquals(7, pod.metadata().at("deletionGracePeriodSeconds").number(-1));
        assertEquals(json("{'type':'DisruptionTarget','status':'True','lastTransitionTime':'2030-01-01T00:00:00Z',"
                + "'reason':'EvictionByEvictionAPI','message':'Eviction API: evicting'}"),
                pod.status().array("conditions").at(1).object().without("observedGeneration"));
    }

    @ParameterizedTest
    @CsvSource({"Pending", "Succeeded", "Failed"})
    void aPodThatServesNobodyAsksNoBudget(String phase) {
        running(true);
        api.update(POD.sub("status"), api.get(POD).with(phase, "status", "phase"));
        protect("b", "'minAvailable':1,", counts(0, 1, 1));
        evict("");
        assertEquals(0, api.get(BUDGET).status().object("disruptedPods").size());
    }

    @Test
    void aBudgetIsSpentAndSaysSoOnceNothingIsLeft() {
        running(true);
        protect("b", "'minAvailable':1,", counts(1, 1, 2));
        evict("");
        assertEquals(true, goes());
        var status = api.get(BUDGET).status();
        assertEquals(0, status.at("disruptionsAllowed").number(-1));
        assertEquals(json("{'a':'2030-01-01T00:00:00Z'}"), status.object("disruptedPods"));
        assertEquals("False InsufficientPods", status.array("conditions").at(0).object().text("status") + " "
                + status.array("conditions").at(0).object().text("reason"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "2 | 2 | ''                        | needs 2 healthy pods and has 2 currently",
        "1 | 2 | ''                        | does not allow evicting pods currently",
        "1 | 2 | SyncFailed:no owner       | does not allow evicting pods currently because it failed sync: no owner",
        "1 | 2 | Mine:because              | does not allow evicting pods currently (Mine): because"})
    void aSpentBudgetSaysWhyAndNotWhenToComeAgain(int desired, int healthy, String condition, String why) {
        running(true);
        var said = condition.split(":");
        protect("b", "'minAvailable':2,", counts(0, desired, healthy) + (condition.isEmpty() ? ""
                : "," + CONDITION.formatted(said[0], said[1])));
        var refusal = refused(Reason.TOO_MANY_REQUESTS, "");
        assertEquals("Cannot evict pod as it would violate the pod's disruption budget.", refusal.getMessage());
        assertEquals("The disruption budget b " + why, cause(refusal));
        assertEquals(Optional.empty(), refusal.details().find("retryAfterSeconds"));
        assertEquals(false, goes());
    }

    @Test
    void aBudgetThatNobodyHasSeenYetAsksToComeAgain() {
        running(true);
        protect("b", "'minAvailable':1,", counts(1, 1, 2).replace("'observedGeneration':1", "'observedGeneration':0"));
        var refusal = refused(Reason.TOO_MANY_REQUESTS, "");
        assertEquals("The disruption budget b is still being processed by the server.", cause(refusal));
        assertEquals(10, refusal.details().at("retryAfterSeconds").number(0));
    }

    @ParameterizedTest
    @CsvSource({"'', 1, 2, true", "'', 2, 2, true", "'', 2, 1, false", "'', 0, 0, false",
        "IfHealthyBudget, 2, 1, false", "AlwaysAllow, 2, 1, true", "AlwaysAllow, 0, 0, true"})
    void aPodThatIsNotReadyNeedsNoneOfTheBudgetWhereItsPolicySaysSo(String policy, int desired, int healthy,
            boolean free) {
        running(false);
        protect("b", "'minAvailable':2," + (policy.isEmpty() ? "" : "'unhealthyPodEvictionPolicy':'" + policy + "',"),
                counts(0, desired, healthy));
        if (free) {
            evict("");
        } else {
            refused(Reason.TOO_MANY_REQUESTS, "");
        }
        assertEquals(free, goes());
        assertEquals(0, api.get(BUDGET).status().object("disruptedPods").size());
    }

    @Test
    void twoBudgetsAreTooMany() {
        running(true);
        protect("b", "'minAvailable':1,", counts(1, 1, 2));
        protect("c", "'minAvailable':1,", counts(1, 1, 2));
        assertEquals("This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
                refused(Reason.INTERNAL_ERROR, "").getMessage());
    }

    @Test
    void aDryEvictionAsksTheBudgetAndChangesNothing() {
        var pod = running(true);
        protect("b", "'minAvailable':1,", counts(1, 1, 2));
        var before = api.get(BUDGET);
        evict(",'deleteOptions':{'dryRun':['All']}");
        assertEquals(pod, api.get(POD));
        assertEquals(before, api.get(BUDGET));
        api.update(BUDGET.sub("status"), before.with(json("{'n':0}").at("n"), "status", "disruptionsAllowed"));
        refused(Reason.TOO_MANY_REQUESTS, ",'deleteOptions':{'dryRun':['All']}");
        refused(Reason.INVALID, ",'deleteOptions':{'dryRun':['Some']}");
    }

    @Test
    void preconditionsHoldForTheWholeEviction() {
        var pod = running(true);
        refused(Reason.CONFLICT, ",'deleteOptions':{'preconditions':{'uid':'other'}}");
        refused(Reason.CONFLICT, ",'deleteOptions':{'preconditions':{'resourceVersion':'1'}}");
        assertEquals(pod, api.get(POD));
        evict(",'deleteOptions':{'preconditions':{'uid':'" + pod.uid() + "','resourceVersion':'"
                + pod.resourceVersion() + "'}}");
        assertEquals(true, goes());
    }

    @Test
    void anEvictionNamesThePodOfItsPath() {
        running(true);
        var other = object("{'apiVersion':'policy/v1','kind':'Eviction','metadata':{'name':'z'}}");
        assertEquals("name in URL does not match name in Eviction object", assertThrows(ApiException.class,
                () -> api.create(POD.sub("eviction"), other)).getMessage());
        assertEquals(false, goes());
    }
}
