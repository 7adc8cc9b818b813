package dev.starling.node.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.kube.net.AddressRange;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FreeRangeTest {
    @Test
    void choosesTheNextRangeThatIsFree() {
        List<AddressRange> used = new ArrayList<>(List.of(AddressRange.parse("10.69.3.0/24")));
        assertEquals("10.70.0.0/16", FreeRange.find(64, 5, used).toString());
        used.add(AddressRange.parse("10.0.0.0/8"));
        assertThrows(IllegalStateException.class, () -> FreeRange.find(64, 5, used));
    }
}
