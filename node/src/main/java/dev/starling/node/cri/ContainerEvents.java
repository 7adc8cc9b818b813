package dev.starling.node.cri;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.starling.node.cri.proto.ContainerdEvents;
import dev.starling.node.runtime.ContainerRuntimeException;
import io.grpc.Context;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Follows containerd's events on a virtual thread of its own, from the first listener on. Whenever the stream has to
 * be opened again, all containers are told, because what happened between is unknown.
 */
final class ContainerEvents implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ContainerEvents.class.getName());
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration EXIT_LIMIT = Duration.ofSeconds(5);
    private static final String EXIT = "/tasks/exit";
    private static final List<String> TOPICS =
        List.of("topic==\"/tasks/start\"", "topic==\"/tasks/exit\"", "topic==\"/tasks/oom\"");

    private final CriConnection connection;
    private final Supplier<List<String>> allContainers;
    private final Predicate<String> ended;
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final Context.CancellableContext context = Context.ROOT.withCancellation();
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean started; // guarded by this

    /** @param ended tells whether a container has ended, or is gone */
    ContainerEvents(CriConnection connection, Supplier<List<String>> allContainers, Predicate<String> ended) {
        this.connection = connection;
        this.ended = ended;
        this.allContainers = allContainers;
    }

    void listen(Consumer<String> listener) {
        listeners.add(listener);
        synchronized (this) {
            if (started) {
                return;
            }
            started = true;
        }
        Thread.ofVirtual().name("containerd-events").start(context.wrap(this::follow));
    }

    private void follow() {
        boolean broken = false;
        do {
            try {
                Iterator<ContainerdEvents.Envelope> events = connection.events()
                    .subscribe(ContainerdEvents.SubscribeRequest.newBuilder().addAllFilters(TOPICS).build());
                allContainers.get().forEach(this::tell);
                broken = false;
                events.forEachRemaining(this::take);
            } catch (RuntimeException e) {
                // Whatever it was, exits must be heard of; it is told once and not at every new attempt.
                if (closed.getCount() > 0 && !broken) {
                    LOG.log(System.Logger.Level.WARNING,
                        "The stream of container events broke and is opened again cause=" + e);
                }
                broken = true;
            }
        } while (!pause());
    }

    private boolean pause() {
        try {
            return closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void take(ContainerdEvents.Envelope envelope) {
        ContainerdEvents.TaskEvent event = event(envelope);
        if (!envelope.getTopic().equals(EXIT)) {
            tell(event.getContainerId());
        } else if (event.getId().equals(event.getContainerId())) {
            Thread.ofVirtual().name("container-exit").start(() -> tellExit(event.getContainerId()));
        }
    }

    /** CRI hears of an exit by the same event, so it may answer for a moment that the container still runs. */
    private void tellExit(String containerId) {
        try {
            Waiting.until(EXIT_LIMIT, () -> closed.getCount() == 0 || ended.test(containerId));
        } catch (ContainerRuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "The state of an ended container can't be read now cause="
                + e.getMessage());
        }
        tell(containerId);
    }

    private static ContainerdEvents.TaskEvent event(ContainerdEvents.Envelope envelope) {
        try {
            return ContainerdEvents.TaskEvent.parseFrom(envelope.getEvent().getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("containerd sent an event that can't be read: " + envelope.getTopic(), e);
        }
    }

    private void tell(String containerId) {
        listeners.forEach(listener -> listener.accept(containerId));
    }

    @Override
    public void close() {
        closed.countDown();
        context.cancel(null);
    }
}
