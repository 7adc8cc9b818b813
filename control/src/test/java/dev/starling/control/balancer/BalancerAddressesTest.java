package dev.starling.control.balancer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.net.AddressRange;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class BalancerAddressesTest {
    private static BalancerAddresses of(String range) {
        return new BalancerAddresses(AddressRange.parse(range));
    }

    @Test
    void givesTheLowestFreeAddress() {
        assertEquals(Optional.of("198.51.100.1"), of("198.51.100.0/30").free(Set.<String>of()::contains));
        assertEquals(Optional.of("198.51.100.2"), of("198.51.100.0/30").free(Set.of("198.51.100.1")::contains));
        assertEquals(Optional.empty(), of("198.51.100.0/30").free(Set.of("198.51.100.1", "198.51.100.2")::contains));
    }

    @Test
    void usesAllOfANarrowRange() {
        assertEquals(Optional.of("198.51.100.4"), of("198.51.100.4/32").free(Set.<String>of()::contains));
        assertEquals(Optional.of("198.51.100.5"), of("198.51.100.4/31").free(Set.of("198.51.100.4")::contains));
    }

    @Test
    void knowsItsOwn() {
        assertTrue(of("198.51.100.0/30").contains("198.51.100.2"));
        assertFalse(of("198.51.100.0/30").contains("198.51.100.3"));
        assertFalse(of("198.51.100.0/30").contains("no address"));
    }
}
