package dev.starling.kube.net;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of IPv4 addresses, such as {@code 10.96.0.0/16}; addresses are counted as numbers.
 *
 * @param first the address of the network
 * @param prefix bits that all its addresses share, 0 to 32
 */
public record AddressRange(long first, int prefix) {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3}){3})(?:/(\\d{1,2}))?");
    private static final int BITS = 32;

    public AddressRange {
        if (prefix < 0 || prefix > BITS) {
            throw new IllegalArgumentException("no such prefix: /" + prefix);
        }
        first &= -1L << (BITS - prefix);
    }

    /**
     * Reads {@code 10.89.0.0/16}, or one address.
     *
     * @throws IllegalArgumentException if the text is neither
     */
    public static AddressRange parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        return (matcher.matches() ? of(matcher) : Optional.<AddressRange>empty())
                .orElseThrow(() -> new IllegalArgumentException("not a range of IPv4 addresses: " + text));
    }

    /** The first range that the text names, if any. */
    public static Optional<AddressRange> find(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.find() ? of(matcher) : Optional.empty();
    }

    private static Optional<AddressRange> of(Matcher matcher) {
        int prefix = matcher.group(2) == null ? BITS : Integer.parseInt(matcher.group(2));
        return number(matcher.group(1)).map(address -> new AddressRange(address, prefix));
    }

    /** Nothing for a text that is no IPv4 address. */
    public static Optional<Long> number(String address) {
        var parts = address.split("\\.", -1);
        if (parts.length != 4) {
            return Optional.empty();
        }
        long number = 0;
        for (String part : parts) {
            if (!part.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(part) > 255) {
                return Optional.empty();
            }
            number = number << 8 | Integer.parseInt(part);
        }
        return Optional.of(number);
    }

    public static String text(long address) {
        return (address >> 24) + "." + (address >> 16 & 255) + "." + (address >> 8 & 255) + "." + (address & 255);
    }

    public boolean overlaps(AddressRange other) {
        return first <= other.last() && other.first <= last();
    }

    public long last() {
        return first + (1L << (BITS - prefix)) - 1;
    }

    /** The address at a distance from the first. */
    public String address(long index) {
        return text(first + index);
    }

    @Override
    public String toString() {
        return text(first) + "/" + prefix;
    }
}
