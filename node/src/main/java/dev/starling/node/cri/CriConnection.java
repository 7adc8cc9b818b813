package dev.starling.node.cri;

import dev.starling.node.cri.proto.EventsGrpc;
import dev.starling.node.cri.proto.ImageServiceGrpc;
import dev.starling.node.cri.proto.ImageServiceGrpc.ImageServiceBlockingStub;
import dev.starling.node.cri.proto.RuntimeServiceGrpc;
import dev.starling.node.cri.proto.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import dev.starling.node.runtime.ContainerRuntimeException;
import dev.starling.node.runtime.NotFoundException;
import dev.starling.node.runtime.RuntimeUnavailableException;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One gRPC channel to containerd's socket; it connects again by itself. Every call has a deadline, and fails with our
 * own exceptions.
 */
final class CriConnection implements AutoCloseable {
    private static final int MOST_ATTEMPTS = 5;
    private static final int MAX_MESSAGE_BYTES = 16 << 20;

    private final ManagedChannel channel;

    CriConnection(Path socket) {
        channel = OkHttpChannelBuilder.forAddress("localhost", 1)
            .usePlaintext()
            .socketFactory(UnixSocket.factory(socket))
            .proxyDetector(_ -> null)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .build();
    }

    /**
     * Calls the runtime service. What isn't about a missing thing or an unreachable runtime becomes the caller's own
     * kind of failure.
     */
    <T> T runtime(Duration limit, Function<RuntimeServiceBlockingStub, T> call, Failure otherwise) {
        RuntimeServiceBlockingStub stub = RuntimeServiceGrpc.newBlockingStub(channel)
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
        ImageServiceBlockingStub stub = ImageServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
        return translated(() -> call.apply(stub), otherwise);
    }

    <T> T images(Duration limit, Function<ImageServiceBlockingStub, T> call) {
        return images(limit, call, RuntimeUnavailableException::new);
    }

    EventsGrpc.EventsBlockingStub events() {
        return EventsGrpc.newBlockingStub(channel);
    }

    /** Connects at once instead of after the pause that follows a failure. */
    void retryNow() {
        channel.resetConnectBackoff();
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

    private static ContainerRuntimeException translate(StatusRuntimeException e, Failure otherwise) {
        Status status = e.getStatus();
        String message = status.getDescription() == null ? status.getCode().name() : status.getDescription();
        return switch (status.getCode()) {
            case NOT_FOUND -> new NotFoundException(message, e);
            case UNAVAILABLE, CANCELLED, DEADLINE_EXCEEDED -> new RuntimeUnavailableException(message, e);
            case OK, UNKNOWN, INVALID_ARGUMENT, ALREADY_EXISTS, PERMISSION_DENIED, RESOURCE_EXHAUSTED,
                 FAILED_PRECONDITION, ABORTED, OUT_OF_RANGE, UNIMPLEMENTED, INTERNAL, DATA_LOSS, UNAUTHENTICATED ->
                otherwise.apply(message, e);
        };
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
