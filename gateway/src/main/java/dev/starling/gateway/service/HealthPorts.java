package dev.starling.gateway.service;

import dev.starling.gateway.service.HealthPort.Health;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.metric.Metric;
import dev.starling.kube.metric.MetricSource;
import dev.starling.kube.object.KubeObject;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Keeps the {@code healthCheckNodePort} of each Service open on this host. A port that is somebody else's is told once
 * and tried again.
 */
public final class HealthPorts implements Loop, MetricSource, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HealthPorts.class.getName());
    private static final Duration CHECK = Duration.ofSeconds(10);

    private final String node;
    private final Informer services;
    private final Informer slices;
    private final Driver driver;
    private final Map<Integer, HealthPort> open = new HashMap<>(); // owned by the loop
    private final Set<Integer> failed = new HashSet<>(); // owned by the loop
    private final LongAdder refused = new LongAdder();
    private volatile Optional<Driver.Running> running = Optional.empty();

    /**
     * Both informers tell it of changes; the caller starts them after it.
     *
     * @param node the name by which endpoints tell that they are here
     */
    public HealthPorts(String node, Informer services, Informer slices, Driver driver) {
        this.node = node;
        this.services = services.onProgress(this::wake);
        this.slices = slices.onProgress(this::wake);
        this.driver = driver;
    }

    public HealthPorts start() {
        running = Optional.of(driver.start(this));
        return this;
    }

    private void wake() {
        running.ifPresent(Driver.Running::wake);
    }

    @Override
    public String name() {
        return "health-ports";
    }

    @Override
    public Next step(Instant now) {
        if (!services.synced() || !slices.synced()) {
            return Next.WHEN_WOKEN;
        }
        var wanted = wanted(node, services.all(), slices.all());
        follow(wanted);
        return wanted.isEmpty() ? Next.WHEN_WOKEN : Next.at(now.plus(CHECK));
    }

    /** What each port tells. */
    static Map<Integer, Health> wanted(String node, Collection<KubeObject> services, Collection<KubeObject> slices) {
        var wanted = new TreeMap<Integer, Health>();
        for (var service : services) {
            int port = (int) service.spec().at("healthCheckNodePort").number(0);
            if (port > 0 && service.spec().text("type").equals("LoadBalancer")) {
                wanted.putIfAbsent(port, new Health(service.namespace(), service.name(),
                        AddressPlan.readyOn(node, service, slices)));
            }
        }
        return wanted;
    }

    private void follow(Map<Integer, Health> wanted) {
        open.entrySet().removeIf(port -> {
            boolean gone = !wanted.containsKey(port.getKey());
            if (gone) {
                port.getValue().close();
            }
            return gone;
        });
        failed.retainAll(wanted.keySet());
        wanted.forEach((port, health) -> {
            if (open.containsKey(port)) {
                open.get(port).tell(health);
            } else {
                open(port, health);
            }
        });
    }

    private void open(int number, Health health) {
        try {
            open.put(number, new HealthPort(number, health, driver::run, refused));
            failed.remove(number);
        } catch (IOException e) {
            if (failed.add(number)) {
                LOG.log(Level.WARNING, "health port could not be opened port=" + number + " service="
                        + health.namespace() + "/" + health.name() + " why=" + e.getMessage());
            }
        }
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.counter("starling_refused_health_checks_total",
                "Balancers let go unanswered at health ports because too many asked at once.", Map.of(),
                refused.sum()));
    }

    @Override
    public void close() {
        running.ifPresent(Driver.Running::close);
        follow(Map.of());
    }
}
