package dev.starling.control.scheduler;

import static dev.starling.control.workload.Objects.yaml;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class GangTest {
    private final ClusterImage image = new ClusterImage(Volumes.NONE);

    GangTest() {
        image.node(yaml("{metadata: {name: n}, spec: {}, status: {allocatable: {cpu: 3, pods: 9}}}"));
    }

    private static KubeObject pod(int number) {
        return yaml("""
                metadata: {namespace: default, name: p%s, uid: u%s}
                spec: {schedulingGroup: {podGroupName: g}, containers: [{name: c, resources: {requests: {cpu: 1}}}]}
                """, number, number);
    }

    private List<Decision> decide(int pods, long placed, long minCount) {
        var placer = new Placer(image, () -> Budgets.NONE);
        return new Gang(placer, image).decide(
                IntStream.range(0, pods).mapToObj(i -> image.read(pod(i))).toList(), placed, minCount);
    }

    private static long bound(List<Decision> decisions) {
        return decisions.stream().filter(decision -> decision instanceof Decision.Bind).count();
    }

    @Test
    void allOfItOrNothing() {
        assertEquals(3, bound(decide(3, 0, 3)));
        var none = decide(4, 0, 4);
        assertEquals(0, bound(none));
        for (var decision : none) {
            assertTrue(((Decision.Refuse) decision).why().startsWith("minCount (4) cannot be satisfied: 3 scheduled, "
                    + "1 without a node. 0/1 nodes are available: 1 Insufficient cpu."), decision::toString);
        }
    }

    @Test
    void thoseBeyondTheFewestGetWhatIsThere() {
        assertEquals(3, bound(decide(5, 0, 2)));
    }

    @Test
    void thoseThatHaveAPlaceCount() {
        assertEquals(3, bound(decide(4, 1, 4)));
    }

    @Test
    void nothingStaysOnTheImage() {
        decide(4, 0, 4);
        decide(3, 0, 3);
        assertEquals(3_000, image.node("n").orElseThrow().free(Dimensions.CPU));
    }

    @Test
    void aGroupThatIsNotWholeWaits() {
        var group = yaml("{metadata: {namespace: default, name: g}, spec: {schedulingPolicy: {gang: {minCount: 2}}}}");
        assertEquals(Optional.of("waiting for pod's pod group \"g\" to appear in scheduling queue"),
                Gang.incomplete("default/g", Optional.empty(), 2));
        assertEquals(Optional.of("waiting for minCount pods from a gang to appear in scheduling queue"),
                Gang.incomplete("default/g", Optional.of(group), 1));
        assertEquals(Optional.empty(), Gang.incomplete("default/g", Optional.of(group), 2));
        assertEquals(1, Gang.minCount(yaml("{spec: {schedulingPolicy: {basic: {}}}}")));
    }
}
