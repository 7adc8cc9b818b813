package dev.starling.node.host;

import dev.starling.kube.net.AddressRange;
import java.util.List;

/** The choice of a range that nobody uses. */
final class FreeRange {
    private static final int CHOICES = 64;

    private FreeRange() {
    }

    /**
     * The first of 64 ranges from 10.{@code first}.0.0/16 on that overlaps nothing in use. The search starts at a
     * place of the caller's own, so that two who search at once rarely meet.
     */
    static AddressRange find(int first, int start, List<AddressRange> used) {
        for (int i = 0; i < CHOICES; i++) {
            var candidate = AddressRange.parse("10." + (first + Math.floorMod(start + i, CHOICES)) + ".0.0/16");
            if (used.stream().noneMatch(candidate::overlaps)) {
                return candidate;
            }
        }
        throw new IllegalStateException("no free range from 10." + first + ".0.0/16 on");
    }
}
