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
    }

    private final Settings settings;
    private final KernelNetwork network;
    private final Informer services;
    private final Informer slices;
    private volatile Optional<Driver.Running> running = Optional.empty();
    private String applied = ""; // owned by the loop

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
        String wanted = RuleSet.render(settings.table(), settings.range(), settings.served(),
                VirtualAddress.of(services.all(), slices.all()));
        if (wanted.equals(applied)) {
            return Next.WHEN_WOKEN;
        }
        try {
            network.apply(wanted);
            applied = wanted;
            return Next.WHEN_WOKEN;
        } catch (KernelNetwork.RefusedException e) {
            LOG.log(Level.WARNING, "service addresses are not up to date table=" + settings.table()
                    + " why=" + e.getMessage());
            return Next.at(now.plus(RETRY));
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
