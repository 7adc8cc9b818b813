package dev.starling.gateway.service;

import dev.starling.kube.informer.Informer;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Makes Service addresses work on this host: one nftables table, which follows the Services and EndpointSlices, and
 * one local route for the service range, so that addresses are reachable on hosts without a default route too. Both
 * are gone after {@link #close}. The kernel goes on serving what it was told last while this process is away.
 */
public final class ServiceProxy implements Loop, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ServiceProxy.class.getName());
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration CHECK = Duration.ofSeconds(30);

    /**
     * @param table name of the nftables table, derived from the instance's data folder
     * @param range the service range in CIDR form
     * @param served addresses of the range that the host itself answers
     */
    public record Settings(String table, String range, List<String> served) {
        public Settings {
            served = List.copyOf(served);
            if (!table.matches("[a-z][a-z0-9_-]{0,30}")) {
                throw new IllegalArgumentException("not a table name: " + table);
            }
        }

        RuleSet.Place place() {
            return new RuleSet.Place(table, range, served);
        }
    }

    private final Settings settings;
    private final KernelNetwork network;
    private final Informer services;
    private final Informer slices;
    private volatile Optional<Driver.Running> running = Optional.empty();
    private Optional<List<VirtualAddress>> applied = Optional.empty(); // owned by the loop
    private Instant checkAt = Instant.EPOCH; // owned by the loop

    /** Both informers tell this proxy of changes; the caller starts them after it. */
    public ServiceProxy(Settings settings, KernelNetwork network, Informer services, Informer slices) {
        this.settings = settings;
        this.network = network;
        this.services = services.onProgress(this::wake);
        this.slices = slices.onProgress(this::wake);
    }

    /** Routes the range to this host, which the API server needs to listen on an address of it, then follows. */
    public ServiceProxy start(Driver driver) {
        network.routeToHost(settings.range());
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
        var wanted = VirtualAddress.of(services.all(), slices.all());
        try {
            follow(wanted, now);
            return Next.at(checkAt);
        } catch (KernelNetwork.RefusedException e) {
            LOG.log(Level.WARNING, "service addresses are not up to date table=" + settings.table()
                    + " why=" + e.getMessage());
            applied = Optional.empty();
            return Next.at(now.plus(RETRY));
        }
    }

    /** Others may flush the kernel's tables, so it is looked at now and then whether ours is there. */
    private void follow(List<VirtualAddress> wanted, Instant now) {
        var place = settings.place();
        var old = applied;
        boolean check = !now.isBefore(checkAt);
        if (old.isPresent() && old.get().equals(wanted) && !check) {
            return;
        }
        var parts = RuleSet.parts(place, wanted);
        var present = old.isEmpty() || check ? network.parts(settings.table()) : RuleSet.parts(place, old.get());
        checkAt = check ? now.plus(CHECK) : checkAt;
        if (old.isPresent() && old.get().equals(wanted) && present.containsAll(parts)) {
            return;
        }
        network.apply(RuleSet.render(place, wanted, present));
        applied = Optional.of(wanted);
        old.ifPresent(before -> forgetFlows(before, wanted));
    }

    private void forgetFlows(List<VirtualAddress> before, List<VirtualAddress> after) {
        for (var address : before) {
            if (address.protocol().equals("udp")) {
                var left = after.stream().filter(address::matchesLike).flatMap(a -> a.backends().stream()).toList();
                address.backends().stream().filter(backend -> !left.contains(backend)).forEach(backend ->
                        network.forgetFlows(address.address(), address.port(), backend.address()));
            }
        }
    }

    @Override
    public void close() {
        running.ifPresent(Driver.Running::close);
        remove(settings, network);
    }

    /** Removes what an instance left in the kernel, also after it was killed. */
    public static void remove(Settings settings, KernelNetwork network) {
        try {
            network.deleteTable(settings.table());
        } finally {
            network.unrouteToHost(settings.range());
        }
    }
}
