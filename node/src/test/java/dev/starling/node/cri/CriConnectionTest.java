package dev.starling.node.cri;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.node.runtime.NotFoundException;
import dev.starling.node.runtime.RuntimeUnavailableException;
import dev.starling.node.runtime.StartException;
import dev.starling.node.runtime.UnsupportedException;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

/** What the answers of containerd mean. */
final class CriConnectionTest {
    private static Throwable translated(Status status) {
        return CriConnection.translate(status.asRuntimeException(), StartException::new);
    }

    @Test
    void anOldContainerdIsNamedAsSuch() {
        var refusal = assertInstanceOf(UnsupportedException.class,
            translated(Status.UNIMPLEMENTED.withDescription("unknown service runtime.v1.RuntimeService")));
        assertTrue(refusal.getMessage().contains("older than 1.6"), refusal.getMessage());
    }

    @Test
    void theCallersOwnFailureIsForWhatContainerdRefuses() {
        assertInstanceOf(StartException.class, translated(Status.INVALID_ARGUMENT));
        assertInstanceOf(NotFoundException.class, translated(Status.NOT_FOUND));
        assertInstanceOf(RuntimeUnavailableException.class, translated(Status.UNAVAILABLE));
    }
}
