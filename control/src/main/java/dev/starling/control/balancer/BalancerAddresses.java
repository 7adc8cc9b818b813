package dev.starling.control.balancer;

import dev.starling.kube.net.AddressRange;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/**
 * The addresses of a range that balancers get: all, but where there are more than two not the first and the last,
 * which a network may use for itself. Pure.
 */
record BalancerAddresses(AddressRange range) {
    /** From there on a range has two addresses or one. */
    private static final int NARROWEST = 31;

    boolean contains(String address) {
        return AddressRange.number(address).filter(number -> number >= first() && number <= last()).isPresent();
    }

    /** The lowest address that is not taken. */
    Optional<String> free(Predicate<String> taken) {
        return LongStream.rangeClosed(first(), last()).mapToObj(AddressRange::text)
                .filter(taken.negate()).findFirst();
    }

    private long first() {
        return range.prefix() >= NARROWEST ? range.first() : range.first() + 1;
    }

    private long last() {
        return range.prefix() >= NARROWEST ? range.last() : range.last() - 1;
    }
}
