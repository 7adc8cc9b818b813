package dev.starling.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/**
 * The client's end of a stream over TLS, which one thread reads together with many others: a thread for each would
 * cost the client more than the server's work, on the same processors. Used by one thread at a time.
 */
final class Tap implements AutoCloseable {
    private static final int BUFFER = 1 << 15;

    private final SocketChannel channel;
    private final SSLEngine engine;
    private final ByteBuffer encrypted = ByteBuffer.allocateDirect(BUFFER).limit(0);

    /** Connects and asks; what is answered comes by {@link #read}. */
    Tap(InetSocketAddress server, SSLContext tls, String request, ByteBuffer plain) {
        try {
            channel = SocketChannel.open(server);
            engine = tls.createSSLEngine(server.getHostString(), server.getPort());
            engine.setUseClientMode(true);
            shakeHands(plain);
            send(StandardCharsets.US_ASCII.encode(request));
        } catch (IOException e) {
            throw new BenchException("no connection to " + server + ": " + e.getMessage());
        }
    }

    /** From now on a selector tells when there is something to read. */
    void joins(Selector selector, Object attachment) throws IOException {
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, attachment);
    }

    private void shakeHands(ByteBuffer plain) throws IOException {
        engine.beginHandshake();
        var status = engine.getHandshakeStatus();
        while (status != HandshakeStatus.NOT_HANDSHAKING && status != HandshakeStatus.FINISHED) {
            status = switch (status) {
                case NEED_WRAP -> send(ByteBuffer.allocate(0)).getHandshakeStatus();
                case NEED_TASK -> {
                    engine.getDelegatedTask().run();
                    yield engine.getHandshakeStatus();
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    var result = engine.unwrap(encrypted, plain.clear());
                    if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                        fill();
                    }
                    yield result.getHandshakeStatus();
                }
                case NOT_HANDSHAKING, FINISHED -> status;
            };
        }
    }

    private SSLEngineResult send(ByteBuffer text) throws IOException {
        var record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        var result = engine.wrap(text, record);
        record.flip();
        while (record.hasRemaining()) {
            channel.write(record);
        }
        return result;
    }

    private int fill() throws IOException {
        encrypted.compact();
        int count = channel.read(encrypted);
        encrypted.flip();
        if (count < 0) {
            throw new IOException("the stream ended");
        }
        return count;
    }

    /** What came, decrypted into a buffer that is cleared first and flipped after; nothing if no whole record came. */
    void read(ByteBuffer plain) throws IOException {
        fill();
        plain.clear();
        SSLEngineResult result;
        do {
            result = engine.unwrap(encrypted, plain);
        } while (result.getStatus() == SSLEngineResult.Status.OK && encrypted.hasRemaining());
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            throw new IOException("the stream ended");
        }
        plain.flip();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new BenchException("a connection can't be closed: " + e.getMessage());
        }
    }
}
