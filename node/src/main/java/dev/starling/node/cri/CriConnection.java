package dev.starling.node.cri;

import dev.starling.node.cri.proto.EventsGrpc;
import dev.starling.node.cri.proto.ImageServiceGrpc;
import dev.starling.node.cri.proto.RuntimeServiceGrpc;
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
import java.util.function.Supplier;

/**
 * One gRPC channel to containerd's socket; it connects again by itself. Every call has a deadline, and fails with our
 * own exceptions.
 */
final class CriConnection implements AutoCloseable {
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

    RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime(Duration limit) {
        return RuntimeServiceGrpc.newBlockingStub(channel).withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    ImageServiceGrpc.ImageServiceBlockingStub images(Duration limit) {
        return ImageServiceGrpc.newBlockingStub(channel).withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    EventsGrpc.EventsBlockingStub events() {
        return EventsGrpc.newBlockingStub(channel);
    }

    /** Connects at once instead of after the pause that follows a failure. */
    void retryNow() {
        channel.resetConnectBackoff();
    }

    /**
     * Makes a call; what isn't about a missing thing or an unreachable runtime becomes the caller's own kind of
     * failure.
     */
    static <T> T call(Supplier<T> call, BiFunction<String, Throwable, ContainerRuntimeException> otherwise) {
        try {
            return call.get();
        } catch (StatusRuntimeException e) {
            throw translate(e, otherwise);
        }
    }

    static <T> T call(Supplier<T> call) {
        return call(call, RuntimeUnavailableException::new);
    }

    /** For taking away: what is gone already needs no taking away. */
    static void callUnlessGone(Supplier<?> call) {
        try {
            call(call);
        } catch (NotFoundException e) {
            return;
        }
    }

    private static ContainerRuntimeException translate(StatusRuntimeException e,
                                                       BiFunction<String, Throwable, ContainerRuntimeException> otherwise) {
        Status status = e.getStatus();
        String message = status.getDescription() == null ? status.getCode().name() : status.getDescription();
        return switch (status.getCode()) {
            case NOT_FOUND -> new NotFoundException(message, e);
            case UNAVAILABLE, CANCELLED, DEADLINE_EXCEEDED -> new RuntimeUnavailableException(message, e);
            case OK, UNKNOWN, INVALID_ARGUMENT, ALREADY_EXISTS, PERMISSION_DENIED, RESOURCE_EXHAUSTED, FAILED_PRECONDITION, ABORTED,
                 OUT_OF_RANGE, UNIMPLEMENTED, INTERNAL, DATA_LOSS, UNAUTHENTICATED -> otherwise.apply(message, e);
        };
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
