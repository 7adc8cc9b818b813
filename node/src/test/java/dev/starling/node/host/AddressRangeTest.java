package dev.starling.node.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
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
    void choosesTheNextRangeThatIsFree() {
        List<AddressRange> used = new ArrayList<>(List.of(AddressRange.parse("10.69.3.0/24")));
        assertEquals("10.70.0.0/16", AddressRange.free(64, 5, used).toString());
        used.add(AddressRange.parse("10.0.0.0/8"));
        assertThrows(IllegalStateException.class, () -> AddressRange.free(64, 5, used));
    }
}
