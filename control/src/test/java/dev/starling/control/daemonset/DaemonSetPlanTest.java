package dev.starling.control.daemonset;

import static dev.starling.control.workload.Objects.pod;
import static dev.starling.control.workload.Objects.yaml;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.control.scheduler.NodeFit;
import dev.starling.control.scheduler.NodeFit.Verdict;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DaemonSetPlanTest {
    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

    private static KubeObject set(String spec, String podSpec) {
        return yaml("""
                apiVersion: apps/v1
                kind: DaemonSet
                metadata: {namespace: default, name: agent, uid: agent-uid, generation: 3,
                  annotations: {deprecated.daemonset.template.generation: "2"}}
                spec:
                  selector: {matchLabels: {app: agent}}
                  template: {metadata: {labels: {app: agent}}, spec: {%s}}
                  %s
                """, podSpec, spec);
    }

    /**
     * A pod from a word: its node's letter and a number, then letters: {@code o} of the old revision, {@code p}
     * pending without a node, {@code u} not ready, {@code d} being deleted, {@code f} failed, {@code s} succeeded,
     * {@code y} ready for 10 s only.
     */
    private static KubeObject member(String word) {
        String traits = word.substring(2);
        var pod = pod("default/" + word.substring(0, 2), "app=agent",
                "controller-revision-hash=" + (traits.contains("o") ? "old" : "new"));
        String node = word.substring(0, 1);
        var terms = Yaml.documents("[{matchFields: [{key: metadata.name, operator: In, values: [" + node + "]}]}]");
        pod = traits.contains("p") ? pod.with(terms.getFirst(), "spec", "affinity", "nodeAffinity",
                "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
                : pod.with(node, "spec", "nodeName");
        String phase = traits.contains("p") ? "Pending" : traits.contains("f") ? "Failed"
                : traits.contains("s") ? "Succeeded" : "Running";
        String since = traits.contains("y") ? "2026-01-01T00:59:50Z" : "2026-01-01T00:00:00Z";
        pod = pod.with(phase, "status", "phase");
        if (!traits.contains("u") && phase.equals("Running")) {
            pod = pod.with(Yaml.documents("[{type: Ready, status: 'True', lastTransitionTime: '" + since + "'}]")
                    .getFirst(), "status", "conditions");
        }
        return traits.contains("d") ? pod.with("2026-01-01T00:59:00Z", "metadata", "deletionTimestamp") : pod;
    }

    /** @param nodes lower case for a node that fits, upper case for one that only keeps, {@code !x} for none */
    private static Image image(KubeObject set, String nodes, String pods) {
        var fits = new TreeMap<String, Verdict>();
        for (String node : nodes.split(" ")) {
            fits.put(node.replace("!", "").toLowerCase(Locale.ROOT), node.startsWith("!") ? Verdict.REFUSES
                    : node.equals(node.toLowerCase(Locale.ROOT)) ? Verdict.FITS : Verdict.KEEPS);
        }
        return new Image(set, fits, Image.byNode(Stream.of(pods.split(" ")).filter(word -> !word.isEmpty())
                .map(DaemonSetPlanTest::member).toList()), "new", NOW);
    }

    private static DaemonSetPlan.Result plan(String strategy, String nodes, String pods) {
        return DaemonSetPlan.of(image(set("updateStrategy: {" + strategy + "}", ""), nodes, pods),
                node -> node.equals("r") ? Duration.ofSeconds(8) : Duration.ZERO);
    }

    private static String shown(DaemonSetPlan.Result plan) {
        return Stream.concat(plan.create().stream().map(node -> "+" + node),
                plan.delete().stream().map(pod -> "-" + pod.name())).collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {
        "a b,    '',              +a +b", "a b,    'a1',            +b", "a b,    'a1 b1p',        ''",
        "a A,    '',              ''", "A,      'a1',            ''", "!a,     'a1 a2d',        -a1",
        "a,      'a1d',           ''", "a,      'a1fd',          +a",
        "a,      'a1 a2',         -a2", "a,      'a1p a2',        -a1", "a,      'a1f',           -a1",
        "a,      'a1s',           -a1", "r,      'r1f',           ''", "a,      'a1f a2',        -a1",
        "a,      'a1 z1p',        -z1", "a,      'a1 z1',         ''"})
    void everyNodeThatFitsHasOnePod(String nodes, String pods, String acts) {
        assertEquals(acts.replace("''", ""), shown(plan("", nodes, pods.replace("'", ""))));
    }

    @Test
    void nodesOnWhichPodsKeepFailingRest() {
        assertEquals(Optional.of(Duration.ofSeconds(8)), plan("", "r", "r1f").again());
        var failing = new FailingNodes();
        assertEquals(Duration.ZERO, failing.left("a", NOW));
        failing.failed("a", NOW);
        assertEquals(Duration.ofSeconds(1), failing.left("a", NOW));
        assertEquals(Duration.ZERO, failing.left("a", NOW.plusSeconds(2)));
        failing.failed("a", NOW.plusSeconds(2));
        assertEquals(Duration.ofSeconds(2), failing.left("a", NOW.plusSeconds(2)));
        for (int i = 0; i < 20; i++) {
            failing.failed("a", NOW);
        }
        assertEquals(Duration.ofMinutes(15), failing.left("a", NOW));
        failing.failed("b", NOW.plus(Duration.ofHours(1)));
        assertEquals(Duration.ZERO, failing.left("a", NOW));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {
        "1,   'a1o b1o c1o',       -a1", "2,   'a1o b1o c1o',       -a1 -b1", "1,   'a1 b1o c1o',        -b1",
        "1,   'a1u b1o c1o',       ''", "1,   'a1d b1o c1o',       ''", "1,   'a1o b1ou c1o',      -b1",
        "2,   'a1o b1ou c1o',      -b1 -a1", "1,   'a1ou b1ou c1ou',    -a1 -b1 -c1",
        "50%, 'a1o b1o c1o',       -a1 -b1",
        "0,   'a1o b1o c1o',       -a1", "1,   'a1 b1 c1',          ''", "1,   'a1o b1o',           +c",
        "1,   'a1y b1o c1o',       ''"})
    void oldPodsGoAsFarAsPodsMayBeMissing(String most, String pods, String acts) {
        var set = set("minReadySeconds: 30, updateStrategy: {rollingUpdate: {maxUnavailable: %s}}"
                .formatted(most).replace(", update", "\n  update"), "");
        assertEquals(acts.replace("''", ""), shown(DaemonSetPlan.of(image(set, "a b c", pods.replace("'", "")),
                node -> Duration.ZERO)));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {
        "a b c,  1, 'a1o b1o c1o',        +a", "a b c,  2, 'a1o b1o c1o',        +a +b",
        "a b c,  1, 'a1o a2u b1o c1o',    ''", "a b c,  1, 'a1o a2 b1o c1o',     -a1",
        "a b c,  1, 'a2 b1ou c1o',        +b +c", "A b c,  1, 'a1ou b1 c1',         -a1",
        "a b c,  1, 'a1ou a2u b1 c1',     -a1", "a b c,  1, 'a1o a2o a3 b1 c1',   -a1 -a2",
        "a b c,  40%, 'a1o b1o c1o',      +a +b"})
    void newPodsComeBesideOldOnesAsFarAsTheyMay(String nodes, String surge, String pods, String acts) {
        assertEquals(acts.replace("''", ""), shown(plan("rollingUpdate: {maxUnavailable: 0, maxSurge: " + surge + "}",
                nodes, pods.replace("'", ""))));
    }

    @Test
    void podsOfOldRevisionsStayUntilTheyAreDeletedWhereTheSetSaysSo() {
        assertEquals("", shown(plan("type: OnDelete", "a b", "a1o b1o")));
        assertEquals("+b", shown(plan("type: OnDelete", "a b", "a1o")));
    }

    @Test
    void aPodCountsOnceItWasReadyForLongEnough() {
        var set = set("minReadySeconds: 30", "");
        assertEquals(Optional.of(Duration.ofSeconds(20)),
                DaemonSetPlan.of(image(set, "a", "a1y"), node -> Duration.ZERO).again());
    }

    @Test
    void neverMakesMoreThanTheBurst() {
        String nodes = IntStream.range(0, 300).mapToObj(i -> "n" + i)
                .collect(Collectors.joining(" "));
        assertEquals(250, plan("", nodes, "").create().size());
    }

    @Test
    void tellsOfNoMoreEndedPodsThanGo() {
        var image = image(set("", ""), IntStream.range(0, 300).mapToObj(i -> "n" + i)
                .collect(Collectors.joining(" ")), "");
        var ended = new TreeMap<String, List<KubeObject>>();
        image.fits().keySet().forEach(node -> ended.put(node, List.of(member("a1f").with(node, "metadata", "name")
                .with(node, "spec", "nodeName"))));
        var plan = DaemonSetPlan.of(new Image(image.set(), image.fits(), ended, "new", NOW), node -> Duration.ZERO);
        assertEquals(250, plan.delete().size());
        assertEquals(plan.delete(), plan.ended());
    }

    @Test
    void countsTheFirstPodOfEachNode() {
        var image = image(set("minReadySeconds: 30", ""), "a b c d E", "a1 a2 b1y c1ou e1");
        assertEquals(Yaml.documents("""
                {currentNumberScheduled: 3, numberMisscheduled: 1, desiredNumberScheduled: 4, numberReady: 2,
                 observedGeneration: 3, updatedNumberScheduled: 2, numberAvailable: 1, numberUnavailable: 3}
                """).getFirst(), DaemonSetStatus.of(image, 0));
        assertEquals(Yaml.documents("{currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, "
                + "numberReady: 0, observedGeneration: 3, collisionCount: 2}").getFirst(),
                DaemonSetStatus.of(image(set("minReadySeconds: 0", ""), "A", ""), 2));
    }

    private static KubeObject node(String more) {
        return yaml("{apiVersion: v1, kind: Node, metadata: {name: n, labels: {disk: ssd%s}}, spec: {%s}}",
                more.startsWith("virtual") ? ", type: virtual-kubelet" : "", more.replace("virtual ", ""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "''                                        | ''                         | FITS",
        "unschedulable: true, taints: [{key: node.kubernetes.io/unschedulable, effect: NoSchedule}] | '' | FITS",
        "taints: [{key: node.kubernetes.io/not-ready, effect: NoExecute}]   | ''   | FITS",
        "taints: [{key: mine, effect: NoSchedule}] | ''                         | KEEPS",
        "taints: [{key: mine, effect: NoExecute}]  | ''                         | REFUSES",
        "taints: [{key: mine, effect: NoExecute}]  | 'tolerations: [{key: mine, operator: Exists}]' | FITS",
        "'virtual taints: [{key: virtual-kubelet.io/provider, value: x, effect: NoSchedule}]' | '' | FITS",
        "taints: [{key: node.kubernetes.io/network-unavailable, effect: NoSchedule}] | '' | KEEPS",
        "taints: [{key: node.kubernetes.io/network-unavailable, effect: NoSchedule}] | hostNetwork: true | FITS",
        "''                                        | 'nodeSelector: {disk: hdd}' | REFUSES",
        "''                                        | 'nodeSelector: {disk: ssd}' | FITS",
        "''                                        | 'nodeName: other'           | REFUSES"})
    void nodesFitByNameLabelsAndTaints(String node, String podSpec, Verdict verdict) {
        assertEquals(verdict, new DaemonPods(set("minReadySeconds: 0",
                podSpec.replace("'", ""))).fit(node(node.replace("'", ""))));
    }

    @Test
    void aPodIsMadeForItsNodeAlone() {
        var daemon = new DaemonPods(set("minReadySeconds: 0", "affinity: {nodeAffinity: "
                + "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: "
                + "[{key: disk, operator: Exists}]}]}, preferredDuringSchedulingIgnoredDuringExecution: []}}"));
        var pod = daemon.on("n", "abc");
        assertEquals("n", DaemonPods.target(pod));
        assertEquals(List.of(Verdict.FITS, Verdict.REFUSES), List.of(NodeFit.of(pod).on(node("")),
                NodeFit.of(pod).on(node("").with("m", "metadata", "name"))));
        assertEquals(Map.of("app", "agent", "controller-revision-hash", "abc", "pod-template-generation", "2"),
                pod.labels());
        assertEquals("agent- agent-uid", pod.metadata().text("generateName") + " "
                + pod.controller().orElseThrow().uid());
        assertEquals(Arrays.asList("not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure",
                "unschedulable"), pod.spec().array("tolerations").objects().stream()
                .map(t -> t.text("key").replace("node.kubernetes.io/", "")).toList());
    }
}
