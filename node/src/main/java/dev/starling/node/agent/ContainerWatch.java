package dev.starling.node.agent;

import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.node.runtime.ContainerRuntime;
import dev.starling.node.runtime.ContainerRuntimeException;
import dev.starling.node.runtime.ContainerStatus;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Follows the runtime's containers by its hints. A hint may come before the runtime's own books know of an exit, so
 * each is followed by a few looks; and now and then all containers are listed, so that a lost hint delays and never
 * hides an exit. Holds one entry for each container with a fresh hint.
 */
final class ContainerWatch implements Loop {
    private static final System.Logger LOG = System.getLogger(ContainerWatch.class.getName());
    private static final List<Duration> LOOKS =
            List.of(Duration.ofMillis(15), Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(2));
    private static final Duration SWEEP = Duration.ofSeconds(10);

    private final ContainerRuntime runtime;
    private final Driver driver;
    private final Consumer<ContainerStatus> news;
    private final Map<String, Look> looks = new ConcurrentHashMap<>();
    private volatile Optional<Driver.Running> running = Optional.empty();
    private Instant sweepAt = Instant.EPOCH; // owned by the loop

    /** The next look at a container: the how-manieth after the hint, and when. */
    private record Look(int number, Instant hinted) {
        Instant due() {
            return hinted.plus(LOOKS.get(number));
        }
    }

    /** @param news hears of every status that is read, from any thread */
    ContainerWatch(ContainerRuntime runtime, Driver driver, Consumer<ContainerStatus> news) {
        this.runtime = runtime;
        this.driver = driver;
        this.news = news;
    }

    void start() {
        running = Optional.of(driver.start(this));
        runtime.onChange(this::hint);
    }

    void close() {
        running.ifPresent(Driver.Running::close);
        running = Optional.empty();
    }

    private void hint(String id) {
        if (running.isPresent()) {
            looks.put(id, new Look(0, driver.clock().instant()));
            running.ifPresent(Driver.Running::wake);
        }
    }

    @Override
    public String name() {
        return "container-watch";
    }

    @Override
    public Next step(Instant now) {
        var due = new ArrayList<String>();
        looks.forEach((id, look) -> {
            if (!now.isBefore(look.due())) {
                due.add(id);
                next(id, look);
            }
        });
        due.forEach(id -> driver.run("look-" + id, () -> look(id)));
        if (!now.isBefore(sweepAt)) {
            sweepAt = now.plus(SWEEP);
            driver.run("sweep", this::sweep);
        }
        return Next.at(looks.values().stream().map(Look::due).min(Instant::compareTo)
                .filter(time -> time.isBefore(sweepAt)).orElse(sweepAt));
    }

    private void next(String id, Look look) {
        if (look.number() + 1 < LOOKS.size()) {
            looks.replace(id, look, new Look(look.number() + 1, look.hinted()));
        } else {
            looks.remove(id, look);
        }
    }

    private void look(String id) {
        try {
            var status = runtime.container(id);
            if (status.isEmpty() || status.get().exited()) {
                looks.remove(id);
            }
            status.ifPresent(news);
        } catch (ContainerRuntimeException e) {
            LOG.log(Level.DEBUG, () -> "container unreadable id=" + id + " why=" + e.getMessage());
        }
    }

    private void sweep() {
        try {
            runtime.containers().stream().filter(ContainerStatus::exited).forEach(news);
        } catch (ContainerRuntimeException e) {
            LOG.log(Level.WARNING, "containers unreadable why=" + e.getMessage());
        }
    }
}
