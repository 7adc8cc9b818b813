package dev.starling.control.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class TopologyTest {
    private final Topology topology = new Topology("host");

    @Test
    void aDomainWithoutNodesIsForgotten() {
        for (int i = 0; i < 1_000; i++) {
            topology.note(0, Map.of("host", "h" + i));
            topology.note(1, Map.of("host", "other"));
            assertEquals(2, topology.size());
            topology.note(0, Map.of());
        }
        assertEquals(1, topology.size());
        assertEquals(Topology.NONE, topology.domain(0));
    }

    @Test
    void aDomainStaysAsLongAsAnyNodeHasIt() {
        topology.note(0, Map.of("host", "a"));
        topology.note(1, Map.of("host", "a"));
        int domain = topology.domain(0);
        topology.note(0, Map.of("host", "b"));
        assertEquals(domain, topology.domain(1));
        assertEquals(2, topology.size());
    }
}
