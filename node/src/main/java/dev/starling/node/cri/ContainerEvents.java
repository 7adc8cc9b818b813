package dev.starling.node.cri;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.starling.node.cri.proto.ContainerdEvents;
import dev.starling.node.runtime.ContainerRuntimeException;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Follows containerd's events on a virtual thread of its own, from the first listener on. Whenever the stream has to
 * be opened again, all containers are told, because what happened between is unknown.
 */
final class ContainerEvents implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ContainerEvents.class.getName());
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final List<String> TOPICS =
        List.of("topic==\"/tasks/start\"", "topic==\"/tasks/exit\"", "topic==\"/tasks/oom\"");

    private final CriConnection connection;
    private final Supplier<List<String>> allContainers;
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final Context.CancellableContext context = Context.ROOT.withCancellation();
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean started; // guarded by this

    ContainerEvents(CriConnection connection, Supplier<List<String>> allContainers) {
        this.connection = connection;
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
        do {
            try {
                Iterator<ContainerdEvents.Envelope> events = connection.events()
                    .subscribe(ContainerdEvents.SubscribeRequest.newBuilder().addAllFilters(TOPICS).build());
                allContainers.get().forEach(this::tell);
                while (events.hasNext()) {
                    tell(containerId(events.next()));
                }
            } catch (StatusRuntimeException | ContainerRuntimeException e) {
                if (closed.getCount() > 0) {
                    LOG.log(System.Logger.Level.WARNING,
                        "The stream of container events broke and is opened again cause=" + e.getMessage());
                }
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

    private static String containerId(ContainerdEvents.Envelope envelope) {
        try {
            return ContainerdEvents.TaskEvent.parseFrom(envelope.getEvent().getValue()).getContainerId();
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
