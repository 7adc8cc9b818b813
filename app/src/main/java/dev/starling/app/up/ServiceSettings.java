package dev.starling.app.up;

import dev.starling.apiserver.kinds.BuiltInKinds;
import dev.starling.app.options.Arguments;
import dev.starling.app.options.Arguments.UsageException;
import dev.starling.kube.net.AddressRange;
import dev.starling.kube.net.PortRange;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * By what Services are reached beside their own addresses.
 *
 * @param nodePorts of Services of type NodePort and LoadBalancer
 * @param balanced addresses of Services of type LoadBalancer; without them these stay pending
 */
public record ServiceSettings(PortRange nodePorts, Optional<AddressRange> balanced) {
    public static final ServiceSettings USUAL =
            new ServiceSettings(BuiltInKinds.Parts.USUAL_NODE_PORTS, Optional.empty());
    private static final String NODE_PORTS = "--service-node-port-range";
    private static final String BALANCED = "--load-balancer-range";
    static final Set<String> OPTIONS = Set.of(NODE_PORTS, BALANCED);
    /** Where instances choose the addresses of their pods and Services, and what never leaves a machine. */
    private static final List<AddressRange> RESERVED = List.of(AddressRange.parse("10.64.0.0/10"),
            AddressRange.parse("10.128.0.0/10"), AddressRange.parse("127.0.0.0/8"), AddressRange.parse("0.0.0.0/8"));
    private static final int WIDEST = 16;

    public ServiceSettings {
        balanced.ifPresent(range -> {
            if (range.prefix() < WIDEST) {
                throw new UsageException(BALANCED + ": " + range + " is wider than /" + WIDEST);
            }
            RESERVED.stream().filter(range::overlaps).findFirst().ifPresent(reserved -> {
                throw new UsageException(BALANCED + ": " + range + " is in " + reserved + ", which has other uses");
            });
        });
    }

    static ServiceSettings of(Arguments arguments) {
        return new ServiceSettings(read(arguments, NODE_PORTS, PortRange::parse).orElse(USUAL.nodePorts()),
                read(arguments, BALANCED, AddressRange::parse));
    }

    private static <T> Optional<T> read(Arguments arguments, String option, Function<String, T> form) {
        try {
            return arguments.find(option).map(form);
        } catch (IllegalArgumentException e) {
            throw new UsageException(option + ": " + e.getMessage());
        }
    }
}
