package dev.starling.apiserver.kinds;

import java.util.Optional;

/**
 * A range of IPv4 addresses, such as {@code 10.96.0.0/16}; addresses are counted as numbers.
 *
 * @param network the address of the network
 */
public record AddressRange(long network, int prefixLength) {
    private static final long ALL = 0xFFFF_FFFFL;

    public AddressRange {
        if (prefixLength < 8 || prefixLength > 30) {
            throw new IllegalArgumentException("a range of services has a prefix of 8 to 30 bits: " + prefixLength);
        }
        network = network & ALL << 32 - prefixLength & ALL;
    }

    /** @throws IllegalArgumentException if the text is no range */
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        var address = number(slash < 0 ? "" : text.substring(0, slash));
        if (address.isEmpty()) {
            throw new IllegalArgumentException("not a range of IPv4 addresses: " + text);
        }
        return new AddressRange(address.get(), Integer.parseInt(text.substring(slash + 1)));
    }

    /** Nothing for a text that is no IPv4 address. */
    static Optional<Long> number(String address) {
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

    static String text(long address) {
        return (address >> 24) + "." + (address >> 16 & 255) + "." + (address >> 8 & 255) + "." + (address & 255);
    }

    /** How many addresses can be given away: all but the network's own and the broadcast one. */
    long size() {
        return (1L << 32 - prefixLength) - 2;
    }

    /** The address at a place from 0. */
    long at(long place) {
        return network + 1 + place;
    }

    /** The first address: the one of the service {@code kubernetes}. */
    public String first() {
        return text(at(0));
    }

    boolean contains(long address) {
        return address > network && address <= network + size();
    }

    @Override
    public String toString() {
        return text(network) + "/" + prefixLength;
    }
}
