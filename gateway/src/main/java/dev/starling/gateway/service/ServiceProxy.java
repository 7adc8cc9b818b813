package dev.starling.gateway.service;

import dev.starling.kube.informer.Informer;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.net.AddressRange;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes Services reachable on this host: one nftables table, which follows the Services and EndpointSlices, and a local
 * route for each range of Service addresses, so that these are reachable on hosts without a default route too. Both
 * are gone after {@link #close}. The kernel goes on serving what it was told last while this process is away.
 */
public final class ServiceProxy implements Loop, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ServiceProxy.class.getName());
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration CHECK = Duration.ofSeconds(30);

    /**
     * @param table name of the nftables table, derived from the instance's data folder
     * @param range the service range in CIDR form
     * @param balanced the range of balancers' addresses, if this instance gives some
     */
    public record Settings(String table, String range, Optional<AddressRange> balanced) {
        public Settings {
            if (!table.matches("[a-z][a-z0-9_-]{0,30}")) {
                throw new IllegalArgumentException("not a table name: " + table);
            }
        }

        List<String> ranges() {
            return Stream.concat(Stream.of(range), balanced.map(AddressRange::toString).stream()).toList();
        }
    }

    /**
     * What is served on this host beside addresses that are routed to it.
     *
     * @param name of the node, by which endpoints tell that they are here
     * @param address of the node, which has its ports as the host's links have them
     * @param pods the addresses of its pods
     */
    public record Node(String name, String address, AddressRange pods) {
    }

    /** What the kernel is told. */
    private record Wanted(RuleSet.Place place, List<VirtualAddress> addresses) {
        String text(Set<RuleSet.Part> present) {
            return RuleSet.render(place, addresses, present);
        }

        Set<RuleSet.Part> parts() {
            return RuleSet.parts(place, addresses);
        }
    }

    private final Settings settings;
    private final Node node;
    private final KernelNetwork network;
    private final Informer services;
    private final Informer slices;
    private volatile Optional<Driver.Running> running = Optional.empty();
    private Optional<Wanted> applied = Optional.empty(); // owned by the loop
    private List<String> host = List.of(); // owned by the loop
    private Instant checkAt = Instant.EPOCH; // owned by the loop

    /** Both informers tell this proxy of changes; the caller starts them after it. */
    public ServiceProxy(Settings settings, Node node, KernelNetwork network, Informer services, Informer slices) {
        this.settings = settings;
        this.node = node;
        this.network = network;
        this.services = services.onProgress(this::wake);
        this.slices = slices.onProgress(this::wake);
    }

    /** Routes the ranges to this host, which the API server needs to listen on an address of it, then follows. */
    public ServiceProxy start(Driver driver) {
        settings.ranges().forEach(network::routeToHost);
        var started = driver.start(this);
        running = Optional.of(started);
        started.wake();
        return this;
    }

    private void wake() {
        running.ifPresent(Driver.Running::wake);
    }

    @Override
    public String name() {
        return "service-proxy";
    }

    @Override
    public Next step(Instant now) {
        if (!services.synced() || !slices.synced()) {
            return Next.WHEN_WOKEN;
        }
        var plan = new AddressPlan(node.name(), settings.balanced());
        try {
            follow(plan.addresses(services.all(), slices.all()), now);
            return Next.at(checkAt);
        } catch (KernelNetwork.RefusedException e) {
            LOG.log(Level.WARNING, "service addresses are not up to date table=" + settings.table()
                    + " why=" + e.getMessage());
            applied = Optional.empty();
            return Next.at(now.plus(RETRY));
        }
    }

    /** Others may flush the kernel's tables and give the host addresses, so both are looked at now and then. */
    private void follow(List<VirtualAddress> addresses, Instant now) {
        var old = applied;
        boolean check = old.isEmpty() || !now.isBefore(checkAt);
        if (check) {
            host = Stream.concat(Stream.of(node.address()), network.hostAddresses().stream()).distinct().toList();
        }
        var wanted = new Wanted(new RuleSet.Place(settings.table(), settings.ranges(), node.pods(), host), addresses);
        boolean same = old.filter(wanted::equals).isPresent();
        if (same && !check) {
            return;
        }
        var present = check ? network.parts(settings.table()) : old.orElseThrow().parts();
        checkAt = check ? now.plus(CHECK) : checkAt;
        if (same && present.containsAll(wanted.parts())) {
            return;
        }
        network.apply(wanted.text(present));
        applied = Optional.of(wanted);
        old.ifPresent(before -> forgetFlows(before.addresses(), addresses));
    }

    private void forgetFlows(List<VirtualAddress> before, List<VirtualAddress> after) {
        for (var address : before) {
            if (address.protocol().equals("udp")) {
                var left = after.stream().filter(address::matchesLike).flatMap(a -> a.backends().stream()).toList();
                address.backends().stream().filter(backend -> !left.contains(backend)).forEach(backend ->
                        network.forgetFlows(address, backend.address()));
            }
        }
    }

    @Override
    public void close() {
        running.ifPresent(Driver.Running::close);
        remove(settings, network);
    }

    /**
     * Makes sure that a range of balancers' addresses can be this instance's.
     *
     * @param left the range that a killed process of the same instance left routed, if one did
     * @throws KernelNetwork.RefusedException if this host has an address in it, or another instance has it
     */
    public static void claim(Optional<AddressRange> balanced, Optional<AddressRange> left, KernelNetwork network) {
        left.filter(range -> !balanced.equals(left)).ifPresent(range -> network.unrouteToHost(range.toString()));
        balanced.filter(range -> !balanced.equals(left)).flatMap(network::local).ifPresent(taken -> {
            throw new KernelNetwork.RefusedException("this machine has addresses in it: " + taken);
        });
    }

    /** Removes what an instance left in the kernel, also after it was killed. */
    public static void remove(Settings settings, KernelNetwork network) {
        try {
            network.deleteTable(settings.table());
        } finally {
            settings.ranges().forEach(network::unrouteToHost);
        }
    }
}
