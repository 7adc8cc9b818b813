package dev.starling.control.statefulset;

import static dev.starling.control.workload.Objects.pod;
import static dev.starling.control.workload.Objects.with;
import static dev.starling.control.workload.Objects.yaml;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StatefulSetPlanTest {
    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

    /** @param spec fields of the spec in YAML's flow form, beside the template */
    private static KubeObject set(String spec) {
        return yaml("""
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {namespace: default, name: web, uid: web-uid, generation: 3}
                spec: {serviceName: heads, selector: {matchLabels: {app: web}}, %s}
                """, spec);
    }

    private static KubeObject revision(String name, String image) {
        return yaml("""
                apiVersion: apps/v1
                kind: ControllerRevision
                metadata: {name: %s}
                data: {spec: {template: {$patch: replace, metadata: {labels: {app: web}},
                  spec: {containers: [{name: c, image: %s}], volumes: [{name: tmp, emptyDir: {}},
                  {name: www, emptyDir: {}}]}}}}
                """, name, image);
    }

    /**
     * A pod from a word: its ordinal, then letters: {@code o} of the old revision, {@code p} pending, {@code u} not
     * ready, {@code d} being deleted, {@code f} failed, {@code y} ready for 10 s only.
     */
    private static KubeObject member(String word) {
        String ordinal = word.replaceAll("[a-z]", "");
        var pod = pod("default/web-" + ordinal, "app=web", "statefulset.kubernetes.io/pod-name=web-" + ordinal,
                "apps.kubernetes.io/pod-index=" + ordinal,
                "controller-revision-hash=" + (word.contains("o") ? "web-old" : "web-new"));
        String phase = word.contains("p") ? "Pending" : word.contains("f") ? "Failed" : "Running";
        String since = word.contains("y") ? "2026-01-01T00:59:50Z" : "2026-01-01T00:00:00Z";
        pod = pod.with(phase, "status", "phase");
        if (!word.contains("u") && phase.equals("Running")) {
            pod = pod.with(Yaml.documents("[{type: Ready, status: 'True', lastTransitionTime: '" + since + "'}]")
                    .getFirst(), "status", "conditions");
        }
        return word.contains("d") ? pod.with("2026-01-01T00:59:00Z", "metadata", "deletionTimestamp") : pod;
    }

    private static Image image(KubeObject set, String pods, Map<String, KubeObject> claims) {
        return new Image(set, Arrays.stream(pods.split(" ")).filter(word -> !word.isEmpty())
                .map(StatefulSetPlanTest::member).toList(), revision("web-old", "v1"), revision("web-new", "v2"), 0,
                name -> Optional.ofNullable(claims.get(name)));
    }

    private static StatefulSetPlan.Result plan(String spec, String pods) {
        return StatefulSetPlan.of(image(set(spec), pods, Map.of()), NOW);
    }

    private static String shown(List<Act> acts) {
        return acts.stream().map(act -> switch (act) {
            case Act.Create(var pod, var claims) -> "+" + pod.name().substring(4)
                    + (pod.labels().get("controller-revision-hash").equals("web-old") ? "o" : "");
            case Act.Delete(var pod) -> "-" + pod.name().substring(4);
            case Act.Supply(var pod, var claims) -> "?" + pod.name().substring(4);
            case Act.Identify(var pod, var labels) -> "=" + pod.name().substring(4);
            case Act.Hand(var claim, var owners) -> "@" + claim.name() + ":" + owners.objects().stream()
                    .map(r -> r.text("kind")).collect(Collectors.joining(","));
        }).collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {
        // one after the other, each once the one before it is available
        "3, '',            +0", "3, '0',           +1", "3, '0u',          ''", "3, '0p',          ''",
        "3, '0 1d',        ''", "3, '0 2',         +1", "3, '0 1 2',       ''", "0, '',            ''",
        // ended pods go first
        "3, '0 1f 2',      -1", "3, '0 1fd 2',     ''",
        // pods without a place go, the last one first, once all places are filled
        "1, '0 1 2',       -2", "1, '0 1 2d',      ''", "1, '0u 1 2',      ''", "0, '0 1',         -1",
        "1, '0 1 2u',      -2", "1, '0 1u 2u',     ''", "1, '0 1u 2',      -2", "0, '0u 1',        -1",
        // then pods of an old revision, the last one first
        "3, '0o 1o 2o',    -2", "3, '0o 1o 2',     -1", "3, '0o 1o 2u',    ''", "3, '0o 1o 2d',    ''",
        "3, '0o 1 2',      -0", "2, '0o 1o 2',     -2"})
    void keepsOrder(int replicas, String pods, String acts) {
        assertEquals(acts.replace("''", ""), shown(plan("replicas: " + replicas,
                pods.replace("'", "")).acts()));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {
        "3, '',            +0 +1 +2", "3, '0u 2p',       +1", "3, '0f 1d',       -0 +2",
        "1, '0u 1 2u',     -2 -1", "1, '0 1d 2',      -2",
        "3, '0o 1o 2o',    -2", "3, '0o 1o 2u',    ''", "3, '0o 1o 2ou',   -2", "3, '0o 1ou 2',    -1",
        "3, '0o 1o',       +2"})
    void doesAllAtOnceWhereOrderIsNotWanted(int replicas, String pods, String acts) {
        assertEquals(acts.replace("''", ""), shown(plan("podManagementPolicy: Parallel, replicas: " + replicas,
                pods.replace("'", "")).acts()));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {
        "0, '0o 1o',  -1", "1, '0o 1o',  -1", "1, '0o 1',   ''", "2, '0o 1o',  ''", "1, '1',      +0o",
        "2, '0o',     +1o", "1, '0o',     +1", "9, '0o 1',   ''"})
    void aPartitionKeepsTheFirstPlacesAtTheOldRevision(int partition, String pods, String acts) {
        assertEquals(acts.replace("''", ""), shown(plan("replicas: 2, updateStrategy: {type: RollingUpdate, "
                + "rollingUpdate: {partition: " + partition + "}}", pods.replace("'", "")).acts()));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {
        "2,     '0o 1o 2o 3o',    -3 -2", "2,     '0o 1o 2o 3u',    -2", "2,     '0o 1o 2u 3u',    ''",
        "2,     '0o 1ou 2o 3o',   -3 -1", "50%,   '0o 1o 2o 3o',    -3 -2", "10%,   '0o 1o 2o 3o',    -3",
        "2,     '0o 1o 2o 3od',   -2", "2,     '0o 1o',          +2 +3", "2,     '0o 1o 2o',       +3 -2",
        "30%,   '0o 1o 2o 3o',    -3", "70%,   '0o 1o 2o 3o',    -3 -2"})
    void maxUnavailableLetsSeveralGoAtOnce(String most, String pods, String acts) {
        assertEquals(acts.replace("''", ""), shown(plan("replicas: 4, podManagementPolicy: Parallel, updateStrategy: "
                + "{rollingUpdate: {maxUnavailable: " + most + "}}", pods.replace("'", "")).acts()));
    }

    @Test
    void podsOfOldRevisionsStayWhereTheyAreOnlyReplacedOnceDeleted() {
        assertEquals("", shown(plan("replicas: 2, updateStrategy: {type: OnDelete}", "0o 1o").acts()));
        assertEquals("+1", shown(plan("replicas: 2, updateStrategy: {type: OnDelete}", "0o").acts()));
    }

    @Test
    void placesBeginAtTheFirstOrdinal() {
        assertEquals("+7", shown(plan("replicas: 2, ordinals: {start: 6}", "6").acts()));
        assertEquals("-0", shown(plan("replicas: 2, ordinals: {start: 6}", "0 6 7").acts()));
        assertEquals("+7", shown(plan("replicas: 2, ordinals: {start: 6}, updateStrategy: {rollingUpdate: "
                + "{partition: 1}}", "6o").acts()));
    }

    @Test
    void aPodCountsOnceItWasReadyForLongEnough() {
        var early = plan("replicas: 2, minReadySeconds: 30", "0y");
        assertEquals("", shown(early.acts()));
        assertEquals(Optional.of(Duration.ofSeconds(20)), early.again());
        assertEquals("+1", shown(plan("replicas: 2, minReadySeconds: 10", "0y").acts()));
    }

    @Test
    void aSetBeingDeletedDoesNothingButCount() {
        var deleting = set("replicas: 3").with("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp");
        var plan = StatefulSetPlan.of(image(deleting, "0", Map.of()), NOW);
        assertEquals(List.of(), plan.acts());
        assertEquals(1, plan.status().at("replicas").number(0));
    }

    private static JsonObject json(String yaml) {
        return Yaml.documents(yaml).getFirst().object();
    }

    @Test
    void countsByRevisionAndReadiness() {
        assertEquals(json("{observedGeneration: 3, replicas: 3, readyReplicas: 2, currentReplicas: 1, "
                + "updatedReplicas: 1, currentRevision: web-old, updateRevision: web-new, collisionCount: 0, "
                + "availableReplicas: 1}"), plan("replicas: 3, minReadySeconds: 30", "0o 1y 2ud").status());
        assertEquals(json("{observedGeneration: 3, replicas: 0, currentRevision: web-old, updateRevision: web-new, "
                + "collisionCount: 0, availableReplicas: 0}"), plan("replicas: 1", "").status());
    }

    @Test
    void anUpdateIsCompleteOnceEveryPodIsNewAndReady() {
        assertEquals("web-old", plan("replicas: 2", "0 1u").status().text("currentRevision"));
        var complete = plan("replicas: 2", "0 1").status();
        assertEquals("web-new 2", complete.text("currentRevision") + " " + complete.at("currentReplicas"));
        assertEquals("web-old", plan("replicas: 2, updateStrategy: {type: OnDelete}", "0 1").status()
                .text("currentRevision"));
    }

    private static final String CLAIMED = "replicas: 2, volumeClaimTemplates: [{metadata: {name: www, labels: {a: b}}, "
            + "spec: {accessModes: [ReadWriteOnce]}, status: {phase: Pending}}]";

    @Test
    void aPodHasTheNameTheLabelsAndTheClaimsOfItsPlace() {
        var create = (Act.Create) plan(CLAIMED, "0").acts().getFirst();
        var pod = create.pod();
        assertEquals(Map.of("app", "web", "statefulset.kubernetes.io/pod-name", "web-1",
                "apps.kubernetes.io/pod-index", "1", "controller-revision-hash", "web-new"), pod.labels());
        assertEquals("web-1 web-1 heads", pod.name() + " " + pod.spec().text("hostname") + " "
                + pod.spec().text("subdomain"));
        assertEquals(Yaml.documents("[{name: www, persistentVolumeClaim: {claimName: www-web-1}}, "
                + "{name: tmp, emptyDir: {}}]").getFirst(), pod.spec().at("volumes"));
        assertEquals("web-uid", pod.controller().orElseThrow().uid());
        assertEquals(yaml("""
                metadata: {name: www-web-1, labels: {a: b, app: web}, namespace: default}
                spec: {accessModes: [ReadWriteOnce]}
                apiVersion: v1
                kind: PersistentVolumeClaim
                """), create.claims().getFirst());
    }

    private static KubeObject claim(String name, String owners) {
        return yaml("""
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {namespace: default, name: %s, uid: uid-%s, ownerReferences: [%s]}
                """, name, name, owners);
    }

    private static String claimed(String policy, String pods, KubeObject... present) {
        var claims = new HashMap<String, KubeObject>();
        Arrays.stream(present).forEach(claim -> claims.put(claim.name(), claim));
        return shown(StatefulSetPlan.of(image(set(CLAIMED + ", persistentVolumeClaimRetentionPolicy: {" + policy
                + "}"), pods, claims), NOW).acts());
    }

    private static final String BY_SET = "{apiVersion: apps/v1, kind: StatefulSet, name: web, uid: web-uid}";

    @Test
    void pendingPodsGetTheClaimsThatTheyMiss() {
        assertEquals("?0", claimed("", "0p"));
        assertEquals("", claimed("", "0p", claim("www-web-0", "")));
    }

    @Test
    void claimsGoWithTheSetWhereItSaysSo() {
        assertEquals("@www-web-0:StatefulSet +1", claimed("whenDeleted: Delete", "0", claim("www-web-0", "")));
        assertEquals("+1", claimed("whenDeleted: Delete", "0", claim("www-web-0", BY_SET)));
        assertEquals("@www-web-0: +1", claimed("whenDeleted: Retain", "0", claim("www-web-0", BY_SET)));
        var created = (Act.Create) StatefulSetPlan.of(image(set(CLAIMED
                + ", persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}"), "", Map.of()), NOW)
                .acts().getFirst();
        assertEquals("web-uid", created.claims().getFirst().controller().orElseThrow().uid());
    }

    @Test
    void claimsGoWithPodsThatHaveNoPlaceWhereTheSetSaysSo() {
        assertEquals("@www-web-2:Pod -2", claimed("whenScaled: Delete", "0 1 2", claim("www-web-2", "")));
        assertEquals("@www-web-2:Pod -2", claimed("whenScaled: Delete, whenDeleted: Delete", "0 1 2",
                claim("www-web-0", BY_SET), claim("www-web-1", BY_SET), claim("www-web-2", BY_SET)));
        assertEquals("-2", claimed("whenScaled: Delete", "0 1 2",
                claim("www-web-2", "{apiVersion: v1, kind: Pod, name: web-2, uid: uid-web-2}")));
    }

    @Test
    void claimsOfOthersAreLeftToThem() {
        var foreign = claim("www-web-0", "{apiVersion: x/v1, kind: X, name: x, uid: x, controller: true}");
        assertEquals("+1", claimed("whenDeleted: Delete", "0", foreign));
        var earlier = claim("www-web-0", "{apiVersion: apps/v1, kind: StatefulSet, name: web, uid: earlier}");
        assertEquals("+1", claimed("whenDeleted: Delete", "0", earlier));
    }

    @Test
    void aPlaceWaitsForTheClaimThatGoesWithItsEarlierPod() {
        var stale = claim("www-web-1", "{apiVersion: v1, kind: Pod, name: web-1, uid: earlier}");
        var plan = StatefulSetPlan.of(image(set(CLAIMED + ", persistentVolumeClaimRetentionPolicy: "
                + "{whenScaled: Delete}"), "0", Map.of("www-web-1", stale)), NOW);
        assertEquals(List.of(), plan.acts());
        assertEquals(Optional.of(Duration.ofSeconds(1)), plan.again());
    }

    @Test
    void adoptedPodsGetTheLabelsOfTheirPlace() {
        var set = set("replicas: 1");
        var bare = member("0").without("metadata", "labels", "apps.kubernetes.io/pod-index");
        var image = new Image(set, List.of(bare), revision("web-old", "v1"), revision("web-new", "v2"), 0,
                name -> Optional.empty());
        assertEquals("=0", shown(StatefulSetPlan.of(image, NOW).acts()));
    }

    @ParameterizedTest
    @CsvSource({"web-0, 0", "web-12, 12", "web-x, -1", "web-, -1", "other-0, -1", "web-1-0, -1",
        "web-99999999999999, -1", "web--1, -1"})
    void namesTellOrdinals(String name, int ordinal) {
        assertEquals(ordinal, Member.ordinal(with(set(""), "metadata.name", "web"), name).orElse(-1));
    }
}
