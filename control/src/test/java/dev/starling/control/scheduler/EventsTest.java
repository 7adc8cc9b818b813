package dev.starling.control.scheduler;

import static dev.starling.control.workload.Objects.yaml;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class EventsTest {
    private final ClusterImage image = new ClusterImage(Volumes.NONE);
    private final Events events = new Events();

    @BeforeEach
    void nodes() {
        image.node(node("small", "1"));
        image.node(node("large", "4"));
    }

    private static KubeObject node(String name, String cpu) {
        return yaml("{metadata: {name: %s, labels: {size: %s}}, spec: {}, status: {allocatable: {cpu: %s, pods: 9}}}",
                name, name, cpu);
    }

    private PodFacts pod(String cpu, String selector) {
        return image.read(yaml("""
                metadata: {namespace: default, name: p}
                spec: {nodeSelector: %s, containers: [{name: c, resources: {requests: {cpu: %s}}}]}
                """, selector, cpu));
    }

    private long helped(PodFacts pod, Objection.Kind cause) {
        return events.helped(pod, Set.of(cause), image);
    }

    @Test
    void roomOnANodeHelpsAsManyAsItTakes() {
        events.podWent("large");
        assertEquals(2, helped(pod("2", "{}"), Objection.Kind.RESOURCE));
        assertEquals(0, helped(pod("5", "{}"), Objection.Kind.RESOURCE));
        assertEquals(0, helped(pod("1", "{size: small}"), Objection.Kind.RESOURCE));
    }

    @Test
    void podsThatComeHelpThoseThatWantCompany() {
        events.podCame();
        assertEquals(Long.MAX_VALUE, helped(pod("1", "{}"), Objection.Kind.POD_AFFINITY));
        assertEquals(Long.MAX_VALUE, helped(pod("1", "{}"), Objection.Kind.SPREAD));
        assertEquals(0, helped(pod("1", "{}"), Objection.Kind.ANTI_AFFINITY));
        assertEquals(0, helped(pod("1", "{}"), Objection.Kind.RESOURCE));
    }

    @Test
    void podsThatGoHelpThoseThatWantDistance() {
        events.podWent("nowhere");
        assertEquals(Long.MAX_VALUE, helped(pod("1", "{}"), Objection.Kind.ANTI_AFFINITY));
        assertEquals(Long.MAX_VALUE, helped(pod("1", "{}"), Objection.Kind.EXISTING_ANTI_AFFINITY));
        assertEquals(0, helped(pod("1", "{}"), Objection.Kind.RESOURCE));
    }

    @Test
    void aNodeThatChangesHelpsThoseThatWantCompany() {
        events.nodeChanged("small");
        assertEquals(Long.MAX_VALUE, helped(pod("9", "{}"), Objection.Kind.POD_AFFINITY));
    }

    @Test
    void podsAreJudgedByWhatNodesOfferNow() {
        var pod = image.read(yaml("""
                metadata: {namespace: default, name: p}
                spec: {containers: [{name: c, resources: {requests: {example.com/gpu: 1}}}]}
                """));
        image.node(yaml("""
                {metadata: {name: gpu}, spec: {}, status: {allocatable: {cpu: 1, pods: 9, example.com/gpu: 2}}}"""));
        events.nodeChanged("gpu");
        assertEquals(2, helped(pod, Objection.Kind.NEVER_ENOUGH));
    }

    @Test
    void podsAreJudgedByTheProfilesOfNow() {
        image.node(node("virtual", "4").with("virtual-kubelet", "metadata", "labels", "type"));
        var pod = pod("3", "{}");
        image.profiles(ProfileSelection.of(List.of(
                yaml("{metadata: {name: fp}, spec: {selectors: [{namespace: default}]}}"))));
        events.podWent("virtual");
        assertEquals(1, helped(pod, Objection.Kind.RESOURCE));
    }

    @Test
    void aNodeThatCameHelpsThoseThatItMayTake() {
        image.node(node("large", "16"));
        events.nodeChanged("large");
        assertEquals(3, helped(pod("5", "{}"), Objection.Kind.NEVER_ENOUGH));
        assertEquals(0, helped(pod("5", "{size: other}"), Objection.Kind.NODE_AFFINITY));
    }
}
