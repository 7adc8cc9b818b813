package dev.starling.node.host;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of IPv4 addresses.
 *
 * @param first as a number
 * @param prefix bits that all its addresses share, 0 to 32
 */
public record AddressRange(long first, int prefix) {
    private static final Pattern TEXT = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+)\\.(\\d+)(?:/(\\d+))?");
    private static final int BITS = 32;
    private static final int CHOICES = 64;

    public AddressRange {
        if (prefix < 0 || prefix > BITS) {
            throw new IllegalArgumentException("no such prefix: /" + prefix);
        }
        first &= -1L << (BITS - prefix);
    }

    /** Reads {@code 10.89.0.0/16}, or one address. */
    public static AddressRange parse(String text) {
        return find(text).orElseThrow(() -> new IllegalArgumentException("not an IPv4 range: " + text));
    }

    /** The first range that the text names, if any. */
    static Optional<AddressRange> find(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.find()) {
            return Optional.empty();
        }
        long address = 0;
        for (int i = 1; i <= 4; i++) {
            address = address << 8 | Long.parseLong(matcher.group(i));
        }
        int prefix = matcher.group(5) == null ? BITS : Integer.parseInt(matcher.group(5));
        return Optional.of(new AddressRange(address, prefix));
    }

    public boolean overlaps(AddressRange other) {
        return first <= other.last() && other.first <= last();
    }

    public long last() {
        return first + (1L << (BITS - prefix)) - 1;
    }

    /** The address at a distance from the first. */
    public String address(int index) {
        long value = first + index;
        return (value >> 24) + "." + (value >> 16 & 255) + "." + (value >> 8 & 255) + "." + (value & 255);
    }

    /**
     * The first of 64 ranges from 10.{@code first}.0.0/16 on that overlaps nothing in use. The search starts at a
     * place of the caller's own, so that two who search at once rarely meet.
     */
    static AddressRange free(int first, int start, List<AddressRange> used) {
        for (int i = 0; i < CHOICES; i++) {
            AddressRange candidate = parse("10." + (first + Math.floorMod(start + i, CHOICES)) + ".0.0/16");
            if (used.stream().noneMatch(candidate::overlaps)) {
                return candidate;
            }
        }
        throw new IllegalStateException("no free range from 10." + first + ".0.0/16 on");
    }

    @Override
    public String toString() {
        return address(0) + "/" + prefix;
    }
}
