package dev.starling.node.cri;

import dev.starling.node.cri.proto.EventsGrpc;
import dev.starling.node.cri.proto.ImageServiceGrpc;
import dev.starling.node.cri.proto.ImageServiceGrpc.ImageServiceBlockingStub;
import dev.starling.node.cri.proto.RuntimeServiceGrpc;
import dev.starling.node.cri.proto.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import dev.starling.node.runtime.ContainerRuntimeException;
import dev.starling.node.runtime.NotFoundException;
import dev.starling.node.runtime.RuntimeUnavailableException;
import dev.starling.node.runtime.UnsupportedException;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * gRPC to containerd's socket; it connects again by itself. Every call has a deadline, and fails with our own
 * exceptions.
 *
 * <p>A connection is given up after some thousand calls, because the transport never forgets the pings that it
 * answered, takes the ten thousandth for an attack, and drops the connection with all calls on it. The server pings at
 * most once a call. The event stream has a connection of its own, on which nothing is asked and so nothing pinged.
 */
final class CriConnection implements AutoCloseable {
    private static final int MOST_ATTEMPTS = 5;
    private static final int MOST_CALLS = 5000;
    private static final int MAX_MESSAGE_BYTES = 16 << 20;

    private final Path socket;
    private final int mostCalls;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final ManagedChannel eventChannel;
    private final ReentrantLock lock = new ReentrantLock();
    private ManagedChannel channel; // guarded by lock
    private ManagedChannel retired; // guarded by lock; a call may still be about to begin on it
    private int calls; // guarded by lock

    CriConnection(Path socket) {
        this(socket, MOST_CALLS);
    }

    CriConnection(Path socket, int mostCalls) {
        this.socket = socket;
        this.mostCalls = mostCalls;
        this.eventChannel = connect();
        this.channel = connect();
        this.retired = channel;
    }

    private ManagedChannel connect() {
        return OkHttpChannelBuilder.forAddress("localhost", 1)
            .usePlaintext()
            .socketFactory(UnixSocket.factory(socket))
            .proxyDetector(_ -> null)
            .executor(executor)
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .build();
    }

    /** The channel for one call. Ending a channel lets the calls on it finish. */
    private ManagedChannel channel() {
        lock.lock();
        try {
            if (calls++ >= mostCalls) {
                if (retired != channel) {
                    retired.shutdown();
                }
                retired = channel;
                channel = connect();
                calls = 1;
            }
            return channel;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Calls the runtime service. What isn't about a missing thing or an unreachable runtime becomes the caller's own
     * kind of failure.
     */
    <T> T runtime(Duration limit, Function<RuntimeServiceBlockingStub, T> call, Failure otherwise) {
        RuntimeServiceBlockingStub stub = RuntimeServiceGrpc.newBlockingStub(channel())
            .withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
        return translated(() -> call.apply(stub), otherwise);
    }

    <T> T runtime(Duration limit, Function<RuntimeServiceBlockingStub, T> call) {
        return runtime(limit, call, RuntimeUnavailableException::new);
    }

    /**
     * For taking away: what is gone already needs no taking away, and what fails is tried again, because containerd
     * fails when it meets a container that is just ending.
     */
    void unlessGone(Duration limit, Function<RuntimeServiceBlockingStub, ?> call) {
        for (int attempt = 1; !takenAway(limit, call, attempt == MOST_ATTEMPTS); attempt++) {
            Waiting.pause(attempt);
        }
    }

    private boolean takenAway(Duration limit, Function<RuntimeServiceBlockingStub, ?> call, boolean last) {
        try {
            runtime(limit, call);
            return true;
        } catch (NotFoundException e) {
            return true;
        } catch (RuntimeUnavailableException e) {
            if (last) {
                throw e;
            }
            return false;
        }
    }

    /** Calls the image service. */
    <T> T images(Duration limit, Function<ImageServiceBlockingStub, T> call, Failure otherwise) {
        ImageServiceBlockingStub stub = ImageServiceGrpc.newBlockingStub(channel())
            .withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
        return translated(() -> call.apply(stub), otherwise);
    }

    <T> T images(Duration limit, Function<ImageServiceBlockingStub, T> call) {
        return images(limit, call, RuntimeUnavailableException::new);
    }

    EventsGrpc.EventsBlockingStub events() {
        return EventsGrpc.newBlockingStub(eventChannel);
    }

    private void locked(Consumer<ManagedChannel> action) {
        lock.lock();
        try {
            List.of(eventChannel, channel, retired).forEach(action);
        } finally {
            lock.unlock();
        }
    }

    /** Connects at once instead of after the pause that follows a failure. */
    void retryNow() {
        locked(ManagedChannel::resetConnectBackoff);
    }

    /** Makes the caller's own exception. */
    interface Failure extends BiFunction<String, Throwable, ContainerRuntimeException> {}

    private static <T> T translated(Supplier<T> call, Failure otherwise) {
        try {
            return call.get();
        } catch (StatusRuntimeException e) {
            throw translate(e, otherwise);
        }
    }

    static ContainerRuntimeException translate(StatusRuntimeException e, Failure otherwise) {
        Status status = e.getStatus();
        String message = status.getDescription() == null ? status.getCode().name() : status.getDescription();
        return switch (status.getCode()) {
            case NOT_FOUND -> new NotFoundException(message, e);
            case UNAVAILABLE, CANCELLED, DEADLINE_EXCEEDED -> new RuntimeUnavailableException(message, e);
            case UNIMPLEMENTED -> new UnsupportedException(
                "containerd does not serve CRI v1: it is older than 1.6, or its plugin failed (" + message + ")", e);
            case OK, UNKNOWN, INVALID_ARGUMENT, ALREADY_EXISTS, PERMISSION_DENIED, RESOURCE_EXHAUSTED,
                 FAILED_PRECONDITION, ABORTED, OUT_OF_RANGE, INTERNAL, DATA_LOSS, UNAUTHENTICATED ->
                otherwise.apply(message, e);
        };
    }

    @Override
    public void close() {
        locked(ManagedChannel::shutdownNow);
        executor.shutdown();
    }
}
