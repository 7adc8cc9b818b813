package dev.starling.node.pool;

import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.node.pod.Resources;
import dev.starling.node.runtime.ContainerRuntime;
import dev.starling.node.runtime.ContainerRuntimeException;
import dev.starling.node.runtime.RuntimeFacts;
import dev.starling.node.runtime.Sandbox;
import dev.starling.node.runtime.SandboxSpec;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The local host as a pool: reservations of pods, bounded starts, and a few warm sandboxes of each shape. The warm
 * ones are claimed in memory, and refilled by the loop only while nothing else starts. Thread-safe.
 */
public final class Pool implements Loop {
    private static final System.Logger LOG = System.getLogger(Pool.class.getName());
    private static final String LABEL = "starling.dev/warm-shape";
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Duration QUIET = Duration.ofMillis(30); // longer than the pauses within the start of one pod
    private static final int PARALLEL_REMOVALS = 4;

    private final ContainerRuntime runtime;
    private final RuntimeFacts facts;
    private final PoolSettings settings;
    private final Driver driver;
    private final StartGate gate;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, ArrayDeque<Sandbox>> warm = new HashMap<>(); // guarded by lock
    private final Map<String, Resources> reserved = new HashMap<>(); // guarded by lock
    private final Removals removals = new Removals(); // guarded by lock
    private int removing; // guarded by lock
    private final AtomicLong made = new AtomicLong();
    private final AtomicLong cold = new AtomicLong();
    private volatile Optional<Driver.Running> running = Optional.empty();
    private volatile boolean refilling;
    private volatile boolean closed;
    private volatile boolean open;
    private Duration pause = FIRST_PAUSE; // owned by the one refill that runs at a time
    private volatile Instant notBefore = Instant.EPOCH; // after a refill that failed

    public Pool(ContainerRuntime runtime, PoolSettings settings, Driver driver) {
        this.runtime = runtime;
        this.facts = runtime.facts();
        this.settings = settings;
        this.driver = driver;
        this.gate = new StartGate(driver, settings.concurrentStarts(), this::wake);
    }

    /** Starts the loop that keeps sandboxes warm, once the pool is open. */
    public AutoCloseable start() {
        var started = driver.start(this);
        running = Optional.of(started);
        started.wake();
        return () -> {
            open = false;
            closed = true;
            started.close();
        };
    }

    /** What an earlier process left is taken back, so new sandboxes may be made without mistaking them for it. */
    public void open() {
        open = true;
        wake();
    }

    public Capacity capacity() {
        var total = new Resources(facts.cpuMillis(), facts.memoryBytes());
        var rest = new Resources(Math.max(0, total.cpuMillis() - settings.reservedCpuMillis()),
                Math.max(0, total.memoryBytes() - settings.reservedMemoryBytes()));
        return new Capacity(total, rest, settings.pods());
    }

    /** Reserves what a pod requests, or says what is missing; a pod that holds a reservation keeps it. */
    public Optional<Shortage> reserve(String podUid, Resources request) {
        var capacity = capacity();
        lock.lock();
        try {
            if (reserved.containsKey(podUid)) {
                return Optional.empty();
            }
            var used = reserved.values().stream().reduce(Resources.NONE, Resources::plus);
            var free = capacity.allocatable();
            if (reserved.size() >= capacity.pods()) {
                return Optional.of(Shortage.of("pods", 1, reserved.size(), capacity.pods()));
            }
            if (request.cpuMillis() > 0 && used.cpuMillis() + request.cpuMillis() > free.cpuMillis()) {
                return Optional.of(Shortage.of("cpu", request.cpuMillis(), used.cpuMillis(), free.cpuMillis()));
            }
            if (request.memoryBytes() > 0 && used.memoryBytes() + request.memoryBytes() > free.memoryBytes()) {
                return Optional.of(Shortage.of("memory", request.memoryBytes(), used.memoryBytes(),
                        free.memoryBytes()));
            }
            reserved.put(podUid, request);
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Reserves for a pod that runs already, whatever is left. */
    public void adopt(String podUid, Resources request) {
        lock.lock();
        try {
            reserved.put(podUid, request);
        } finally {
            lock.unlock();
        }
    }

    public void release(String podUid) {
        lock.lock();
        try {
            reserved.remove(podUid);
        } finally {
            lock.unlock();
        }
    }

    /** Runs something that makes or starts a sandbox or container, once fewer than the bound do. */
    public void begin(String name, Runnable task) {
        gate.run(name, task);
    }

    /** A warm sandbox of a shape, or a new one. To be called within {@link #begin}. */
    public Claim claim(Shape shape) {
        var ready = takeWarm(shape);
        if (ready.isPresent()) {
            wake();
            return new Claim(ready.get().id(), ready.get().ip(), true);
        }
        cold.incrementAndGet();
        var created = create(shape, Map.of());
        return new Claim(created.id(), created.ip(), false);
    }

    private Optional<Sandbox> takeWarm(Shape shape) {
        lock.lock();
        try {
            return Optional.ofNullable(warm.get(shape.label())).flatMap(queue -> Optional.ofNullable(queue.poll()));
        } finally {
            lock.unlock();
        }
    }

    /** The time in a name keeps it unique among those of earlier processes. */
    private Sandbox create(Shape shape, Map<String, String> labels) {
        String name = "pool-" + Long.toString(driver.clock().instant().toEpochMilli(), 36) + "-"
                + made.incrementAndGet();
        return runtime.createSandbox(new SandboxSpec(name, shape.handler(), shape.sysctls(), labels));
    }

    /** Takes a sandbox of an earlier process back among the warm ones, once; false if it is none of ours. */
    public boolean takeBack(Sandbox sandbox) {
        String shape = sandbox.labels().getOrDefault(LABEL, "");
        boolean kept = settings.shapes().stream().anyMatch(s -> s.label().equals(shape));
        if (!kept || !sandbox.ready() || !sandbox.podUid().isEmpty()) {
            return false;
        }
        put(shape, sandbox);
        return true;
    }

    private void put(String shape, Sandbox sandbox) {
        lock.lock();
        try {
            var waiting = warm.computeIfAbsent(shape, s -> new ArrayDeque<>());
            if (waiting.stream().noneMatch(other -> other.id().equals(sandbox.id()))) {
                waiting.add(sandbox);
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many sandboxes wait warm. */
    public int warm() {
        lock.lock();
        try {
            return warm.values().stream().mapToInt(ArrayDeque::size).sum();
        } finally {
            lock.unlock();
        }
    }

    /** How many claims found nothing warm: a metric. */
    public long coldClaims() {
        return cold.get();
    }

    private void wake() {
        running.ifPresent(Driver.Running::wake);
    }

    @Override
    public String name() {
        return "pool";
    }

    /**
     * Takes away what a pod had, beside the caller. It competes with starts for the same two or three programs, so it
     * is done while nothing starts, or after half a second at the latest.
     */
    public void remove(String name, Runnable task) {
        if (closed) {
            driver.run(name, task);
            return;
        }
        lock.lock();
        try {
            removals.add(new Removals.Removal(name, task, driver.clock().instant()));
        } finally {
            lock.unlock();
        }
        wake();
    }

    @Override
    public Next step(Instant now) {
        var idle = gate.idleSince();
        var quietAt = idle.equals(Instant.MAX) ? idle : idle.plus(QUIET);
        boolean quiet = !now.isBefore(quietAt);
        var missing = open && !refilling ? missing() : Optional.<Shape>empty();
        if (missing.isPresent() && quiet && !now.isBefore(notBefore)) {
            refilling = true;
            driver.run("pool-refill", () -> refill(missing.get()));
        }
        var removalAt = beginRemovals(now, quiet && !refilling ? now : quietAt);
        var refillAt = missing.isPresent() && !refilling ? later(quietAt, notBefore) : Instant.MAX;
        var next = removalAt.isBefore(refillAt) ? removalAt : refillAt;
        return next.equals(Instant.MAX) ? Next.WHEN_WOKEN : Next.at(next);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /** Begins those whose time has come, and says when the next one's comes. */
    private Instant beginRemovals(Instant now, Instant convenient) {
        lock.lock();
        try {
            while (!removals.isEmpty() && removing < PARALLEL_REMOVALS) {
                boolean must = !now.isBefore(removals.dueAt());
                boolean may = !now.isBefore(convenient) && removing == 0;
                if (!must && !may) {
                    return convenient.isBefore(removals.dueAt()) && removing == 0 ? convenient : removals.dueAt();
                }
                removing++;
                var removal = removals.next().orElseThrow();
                driver.run(removal.name(), () -> run(removal));
            }
            return Instant.MAX;
        } finally {
            lock.unlock();
        }
    }

    private void run(Removals.Removal removal) {
        try {
            removal.task().run();
        } finally {
            lock.lock();
            try {
                removing--;
            } finally {
                lock.unlock();
            }
            wake();
        }
    }

    private Optional<Shape> missing() {
        lock.lock();
        try {
            return settings.shapes().stream().filter(shape -> Optional.ofNullable(warm.get(shape.label()))
                    .map(ArrayDeque::size).orElse(0) < settings.warm()).findFirst();
        } finally {
            lock.unlock();
        }
    }

    private void refill(Shape shape) {
        try {
            put(shape.label(), create(shape, Map.of(LABEL, shape.label())));
            pause = FIRST_PAUSE;
        } catch (ContainerRuntimeException | UncheckedIOException e) {
            LOG.log(Level.WARNING, "warm sandbox failed shape=" + shape.label() + " why=" + e.getMessage());
            notBefore = driver.clock().instant().plus(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        } finally {
            refilling = false;
            wake();
        }
    }
}
