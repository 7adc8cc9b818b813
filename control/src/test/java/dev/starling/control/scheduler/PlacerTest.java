package dev.starling.control.scheduler;

import static dev.starling.control.workload.Objects.pod;
import static dev.starling.control.workload.Objects.yaml;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.kube.api.Patch;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PlacerTest {
    private static final ProfileSelection DEFAULT_PROFILE = ProfileSelection.of(List.of(
            yaml("{metadata: {name: fp-default}, spec: {selectors: [{namespace: default}]}}")));

    private final ClusterImage image = imageWith(DEFAULT_PROFILE);

    private static ClusterImage imageWith(ProfileSelection profiles) {
        var image = new ClusterImage(Volumes.NONE);
        image.profiles(profiles);
        return image;
    }

    private static KubeObject node(String name, String extra) {
        return yaml("""
                apiVersion: v1
                kind: Node
                metadata: {name: %s, labels: {zone: z-%s}}
                spec: {}
                status: {allocatable: {cpu: "2", memory: 4Gi, pods: "3"}}
                """, name, name).with(Yaml.documents(extra).getFirst(), "spec");
    }

    private static KubeObject node(String name) {
        return node(name, "{}");
    }

    private static KubeObject virtual(String name) {
        return node(name).with("virtual-kubelet", "metadata", "labels", "type");
    }

    private static KubeObject asking(String name, String resources) {
        var containers = Yaml.documents("[{name: c, resources: {requests: " + resources + "}}]").getFirst();
        return pod("default/" + name).with(containers, "spec", "containers");
    }

    private static KubeObject with(KubeObject pod, String yaml, String... path) {
        return pod.with(Yaml.documents(yaml).getFirst(), path);
    }

    /** Decides on one pod after the other, each with the ones before it assumed. */
    private List<Decision> place(KubeObject... pods) {
        var placer = new Placer(image, () -> Budgets.NONE);
        var decisions = new ArrayList<Decision>();
        for (var pod : pods) {
            var decision = placer.decide(image.read(pod));
            decisions.add(decision);
            if (decision instanceof Decision.Bind bind) {
                image.assume(bind.facts(), bind.node());
            }
        }
        return decisions;
    }

    private static String why(Decision decision) {
        return assertInstanceOf(Decision.Refuse.class, decision).why();
    }

    /** Why no node takes a pod, without what preemption says. */
    private String refusal(KubeObject pod) {
        String why = why(place(pod).getFirst());
        return why.contains(" preemption:") ? why.substring(0, why.indexOf(" preemption:")) : why;
    }

    private String chosen(KubeObject pod) {
        return assertInstanceOf(Decision.Bind.class, place(pod).getFirst()).node();
    }

    @Test
    void saysWhatIsMissing() {
        image.node(node("n"));
        assertEquals("0/1 nodes are available: 1 Insufficient cpu.", refusal(asking("p", "{cpu: 2001m}")));
        assertEquals("0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.",
                refusal(asking("p", "{cpu: 3, memory: 5Gi}")));
        assertEquals("0/1 nodes are available: 1 Insufficient nvidia.com/gpu.",
                refusal(asking("p", "{nvidia.com/gpu: 1}")));
    }

    @Test
    void whatCanNotBeCountedIsTooMuch() {
        image.node(node("n"));
        var huge = with(pod("default/p"), """
                - {name: a, resources: {requests: {memory: 5Ei}}}
                - {name: b, resources: {requests: {memory: 5Ei}}}
                """, "spec", "containers");
        assertEquals("0/1 nodes are available: 1 Insufficient memory.", refusal(huge));
        image.pod(huge.with("n", "spec", "nodeName"));
        assertEquals("0/1 nodes are available: 1 Insufficient memory.", refusal(asking("q", "{memory: 1}")));
    }

    @Test
    void aPlacedPodThatCanNotBeReadCountsAsItWas() {
        image.node(node("n"));
        var pod = asking("old", "{cpu: 2}").with("n", "spec", "nodeName");
        image.pod(pod);
        var unreadable = with(pod, """
                - {topologyKey: zone, maxSkew: 1, labelSelector: {matchExpressions: [{key: a, operator: in}]}}
                """, "spec", "topologySpreadConstraints");
        assertThrows(IllegalArgumentException.class, () -> image.pod(unreadable));
        assertEquals("0/1 nodes are available: 1 Insufficient cpu.", refusal(asking("p", "{cpu: 1}")));
    }

    @Test
    void aPodInTheEmptiestDomainHelpsThoseThatSpread() {
        image.node(node("m"));
        image.node(node("n"));
        image.pod(asking("filler", "{cpu: 1500m}").with("n", "spec", "nodeName"));
        image.pod(web("first", "{cpu: 100m}").with("m", "spec", "nodeName"));
        var decisions = place(web("a", "{cpu: 1}"), web("small", "{cpu: 100m}"), web("b", "{cpu: 1}"));
        assertInstanceOf(Decision.Refuse.class, decisions.get(0));
        assertEquals("n", assertInstanceOf(Decision.Bind.class, decisions.get(1)).node());
        assertEquals("m", assertInstanceOf(Decision.Bind.class, decisions.get(2)).node());
    }

    private static KubeObject web(String name, String resources) {
        return with(asking(name, resources).with("web", "metadata", "labels", "app"), """
                - topologyKey: zone
                  maxSkew: 1
                  whenUnsatisfiable: DoNotSchedule
                  labelSelector: {matchLabels: {app: web}}
                """, "spec", "topologySpreadConstraints");
    }

    @Test
    void saysThatThereAreNoNodes() {
        assertEquals("no nodes available to schedule pods", refusal(pod("default/p")));
    }

    @Test
    void podsOfOneBatchSeeWhatTheOthersTake() {
        image.node(node("n"));
        var decisions = place(asking("a", "{cpu: 1500m}"), asking("b", "{cpu: 1500m}"));
        assertEquals("n", assertInstanceOf(Decision.Bind.class, decisions.get(0)).node());
        assertInstanceOf(Decision.Refuse.class, decisions.get(1));
    }

    @Test
    void countsPodsAsAResource() {
        image.node(node("n"));
        var decisions = place(IntStream.range(0, 4).mapToObj(i -> pod("default/p" + i)).toArray(KubeObject[]::new));
        assertEquals("0/1 nodes are available: 1 Too many pods. preemption: 0/1 nodes are available: "
                + "1 No preemption victims found for incoming pod. It would fit on node \"n\" if one pod fewer ran "
                + "there.", why(decisions.get(3)));
    }

    @Test
    void endedPodsTakeNothing() {
        image.node(node("n"));
        image.pod(asking("old", "{cpu: 2}").with("n", "spec", "nodeName"));
        assertEquals("0/1 nodes are available: 1 Insufficient cpu.", refusal(asking("p", "{cpu: 1}")));
        image.pod(asking("old", "{cpu: 2}").with("n", "spec", "nodeName").with("Succeeded", "status", "phase"));
        assertEquals("n", chosen(asking("p", "{cpu: 1}")));
    }

    @Test
    void anAssumptionCountsUntilItIsForgotten() {
        image.node(node("n"));
        image.assume(image.read(asking("a", "{cpu: 2}")), "n");
        image.pod(asking("a", "{cpu: 2}"));
        assertEquals("0/1 nodes are available: 1 Insufficient cpu.", refusal(asking("p", "{cpu: 1}")));
        image.forget("default/a");
        assertEquals("n", chosen(asking("p", "{cpu: 1}")));
    }

    @Test
    void initContainersCountByTheirGreediestMoment() {
        image.node(node("n"));
        var pod = with(asking("p", "{cpu: 500m}"), """
                - {name: side, restartPolicy: Always, resources: {requests: {cpu: 800m}}}
                - {name: init, resources: {requests: {cpu: 1300m}}}
                """, "spec", "initContainers");
        assertEquals("0/1 nodes are available: 1 Insufficient cpu.", refusal(pod));
        assertEquals("n", chosen(pod.without("spec", "initContainers")));
    }

    @Test
    void overheadIsScheduled() {
        image.node(node("n"));
        assertEquals("0/1 nodes are available: 1 Insufficient cpu.",
                refusal(with(asking("p", "{cpu: 2}"), "{cpu: 1m}", "spec", "overhead")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{key: a, value: b, effect: NoSchedule}|{key: a, operator: Equal, value: b, effect: NoSchedule}|true",
        "{key: a, value: b, effect: NoSchedule}|{key: a, value: b}|true",
        "{key: a, value: b, effect: NoSchedule}|{key: a, value: c}|false",
        "{key: a, value: b, effect: NoSchedule}|{key: a, operator: Exists}|true",
        "{key: a, value: b, effect: NoExecute}|{operator: Exists}|true",
        "{key: a, value: b, effect: NoExecute}|{key: a, operator: Exists, effect: NoSchedule}|false",
        "{key: a, effect: PreferNoSchedule}|{key: none}|true",
    })
    void taintsRepelWhatDoesNotTolerateThem(String taint, String toleration, boolean fits) {
        image.node(node("n", "{taints: [" + taint + "]}"));
        var pod = with(pod("default/p"), "[" + toleration + "]", "spec", "tolerations");
        assertEquals(fits, place(pod).getFirst() instanceof Decision.Bind);
    }

    @Test
    void namesTheTaint() {
        image.node(node("n", "{taints: [{key: a, value: b, effect: NoSchedule}]}"));
        image.node(node("m", "{unschedulable: true}"));
        assertEquals("0/2 nodes are available: 1 node(s) had untolerated taint {a: b}, 1 node(s) were unschedulable.",
                refusal(pod("default/p")));
    }

    @Test
    void nodeSelectorAndAffinityChooseByLabelsAndName() {
        image.node(node("m"));
        image.node(node("n"));
        assertEquals("n", chosen(with(pod("default/p"), "{zone: z-n}", "spec", "nodeSelector")));
        assertEquals("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
                refusal(with(pod("default/p"), "{zone: other}", "spec", "nodeSelector")));
        String[] required = {"spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"};
        assertEquals("n", chosen(with(pod("default/p"), """
                nodeSelectorTerms:
                - matchExpressions: [{key: zone, operator: In, values: [nowhere]}]
                - matchExpressions: [{key: zone, operator: NotIn, values: [z-m]}]
                """, required)));
        assertEquals("m", chosen(with(pod("default/p"), """
                nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [m]}]}]
                """, required)));
        assertEquals("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
                refusal(with(pod("default/p"), "{nodeSelectorTerms: [{}]}", required)));
    }

    @Test
    void prefersWhatThePodPrefersThenTheEmptier() {
        image.node(node("m"));
        image.node(node("n"));
        image.pod(asking("old", "{cpu: 1}").with("m", "spec", "nodeName"));
        assertEquals("n", chosen(pod("default/p")));
        assertEquals("m", chosen(with(pod("default/p"), """
                - {weight: 1, preference: {matchExpressions: [{key: zone, operator: In, values: [z-m]}]}}
                """, "spec", "affinity", "nodeAffinity", "preferredDuringSchedulingIgnoredDuringExecution")));
    }

    @Test
    void virtualNodesTakeOnlyPodsThatAProfileSelects() {
        image.node(virtual("v"));
        var bind = assertInstanceOf(Decision.Bind.class, place(pod("default/p")).getFirst());
        var profile = bind.facts().profile();
        assertEquals(Optional.of("fp-default"), profile);
        assertEquals("fp-default", DecisionWriter.binding(bind.pod(), bind.node(), profile).labels()
                .get(ProfileSelection.LABEL));
        assertEquals("0/1 nodes are available: no Fargate profile selects this pod (namespace \"dev\", labels app=web);"
                + " make one with: starling create fargateprofile --name fp-dev --namespace dev.",
                refusal(pod("dev/p", "app=web")));
    }

    @Test
    void aProfileOverrulesTheTaintsOfVirtualNodes() {
        image.node(virtual("v").with(Yaml.documents("[{key: virtual-kubelet.io/provider, effect: NoSchedule}]")
                .getFirst(), "spec", "taints"));
        assertEquals("v", chosen(pod("default/p")));
    }

    @Test
    void saysWhyOnceUntilTheReasonChanges() {
        var now = Instant.parse("2026-01-01T00:00:00Z");
        var patch = DecisionWriter.unscheduled(pod("default/p"), "why", "", now).orElseThrow();
        var change = assertInstanceOf(Patch.Strategic.class, patch).change();
        var told = pod("default/p").with(change.at("status", "conditions"), "status", "conditions");
        assertEquals("Unschedulable", change.array("status", "conditions").at(0).object().text("reason"));
        assertEquals(Optional.empty(), DecisionWriter.unscheduled(told, "why", "", now.plusSeconds(9)));
        assertEquals(true, DecisionWriter.unscheduled(told, "other", "", now.plusSeconds(9)).isPresent());
    }
}
