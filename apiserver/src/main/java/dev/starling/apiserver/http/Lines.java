package dev.starling.apiserver.http;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Connections that tunnels lead to. */
final class Lines {
    private static final int STEP_BYTES = 16 << 10;

    private Lines() {
    }

    /** A plain one. */
    static Tunnel.Line of(SocketChannel channel) {
        return new Tunnel.Line() {
            @Override
            public int read(ByteBuffer into) throws IOException {
                return channel.read(into);
            }

            @Override
            public void write(ByteBuffer from) throws IOException {
                while (from.hasRemaining()) {
                    channel.write(from);
                }
            }

            @Override
            public void endWriting() throws IOException {
                channel.shutdownOutput();
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    /** One with TLS. */
    static Tunnel.Line of(Socket socket) {
        return new Tunnel.Line() {
            private final byte[] read = new byte[STEP_BYTES];
            private final byte[] written = new byte[STEP_BYTES];

            @Override
            public int read(ByteBuffer into) throws IOException {
                int count = socket.getInputStream().read(read, 0, Math.min(read.length, into.remaining()));
                if (count > 0) {
                    into.put(read, 0, count);
                }
                return count;
            }

            @Override
            public void write(ByteBuffer from) throws IOException {
                while (from.hasRemaining()) {
                    int count = Math.min(written.length, from.remaining());
                    from.get(written, 0, count);
                    socket.getOutputStream().write(written, 0, count);
                }
                socket.getOutputStream().flush();
            }

            @Override
            public void endWriting() throws IOException {
                socket.shutdownOutput();
            }

            @Override
            public void close() throws IOException {
                socket.close();
            }
        };
    }
}
