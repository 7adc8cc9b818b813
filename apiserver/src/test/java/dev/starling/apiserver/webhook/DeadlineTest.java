package dev.starling.apiserver.webhook;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlineTest {

    /** Reads know a time; a write to somebody who does not read would wait for ever. */
    @Test
    void endsAWriteThatNobodyReads() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
            var deadline = Deadline.in(Duration.ofMillis(300));
            var over = deadline.guard(socket);
            assertTimeoutPreemptively(Duration.ofSeconds(30), () -> assertThrows(IOException.class, () -> {
                while (!socket.isClosed()) {
                    socket.getOutputStream().write(new byte[1 << 20]);
                }
                throw new IOException("closed");
            }));
            over.run();
            assertThrows(SocketTimeoutException.class, deadline::leftMs);
        }
    }

    @Test
    void leavesAloneWhatIsDoneInTime() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
            Deadline.in(Duration.ofSeconds(20)).guard(socket).run();
            assertFalse(socket.isClosed());
        }
    }
}
