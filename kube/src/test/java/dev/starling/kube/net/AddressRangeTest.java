package dev.starling.kube.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AddressRangeTest {
    @Test
    void countsItsAddresses() {
        AddressRange range = AddressRange.parse("10.89.7.9/16");
        assertEquals("10.89.0.0/16", range.toString());
        assertEquals("10.89.1.2", range.address(258));
    }

    @Test
    void overlapsWhatItSharesAnAddressWith() {
        AddressRange range = AddressRange.parse("10.89.0.0/16");
        assertTrue(range.overlaps(AddressRange.parse("10.89.255.255")));
        assertTrue(range.overlaps(AddressRange.parse("10.0.0.0/8")));
        assertFalse(range.overlaps(AddressRange.parse("10.90.0.0/16")));
    }

    @Test
    void readsAddressesAndRangesAndNothingElse() {
        assertEquals("10.1.2.3/32", AddressRange.parse("10.1.2.3").toString());
        for (String wrong : List.of("", "10.1.2", "10.1.2.256", "10.1.2.3/33", "10.01.2.3", "x10.1.2.3", "10.1.2.3/")) {
            assertThrows(IllegalArgumentException.class, () -> AddressRange.parse(wrong), wrong);
        }
        assertEquals("10.4.0.0/16", AddressRange.find("local 10.4.0.0/16 dev lo").orElseThrow().toString());
    }
}
