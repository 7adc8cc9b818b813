package dev.starling.apiserver.access;

import dev.starling.kube.http.ClusterAccess;
import java.net.URI;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * A handshake within this process, while the store is still opened: the first client would wait a quarter of a second
 * for its classes and slow arithmetic.
 */
final class TlsRehearsal {
    /** There is no other server than the one that this rehearsal plays itself. */
    private static final ClusterAccess ANY_SERVER =
            new ClusterAccess(URI.create("https://localhost"), "", "", "", "", true, "");

    private final SSLEngine server;
    private final SSLEngine client;
    private final ByteBuffer toServer;
    private final ByteBuffer toClient;
    private final ByteBuffer heard;

    TlsRehearsal(SSLContext serverTls) {
        server = serverTls.createSSLEngine();
        server.setUseClientMode(false);
        server.setWantClientAuth(true);
        client = ANY_SERVER.tls().createSSLEngine();
        client.setUseClientMode(true);
        toServer = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
        toClient = ByteBuffer.allocate(server.getSession().getPacketBufferSize());
        heard = ByteBuffer.allocate(client.getSession().getApplicationBufferSize());
    }

    void run() {
        try {
            server.beginHandshake();
            client.beginHandshake();
            while (shakes(server) || shakes(client)) {
                say(client, toServer, server);
                say(server, toClient, client);
            }
        } catch (SSLException e) {
            throw new IllegalStateException("TLS does not work within this process", e);
        }
    }

    private static boolean shakes(SSLEngine engine) {
        return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING
                && engine.getHandshakeStatus() != HandshakeStatus.FINISHED;
    }

    private void say(SSLEngine from, ByteBuffer wire, SSLEngine to) throws SSLException {
        work(from);
        if (from.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            from.wrap(ByteBuffer.allocate(0), wire);
        }
        wire.flip();
        int before = -1;
        while (wire.hasRemaining() && wire.remaining() != before) {
            before = wire.remaining();
            to.unwrap(wire, heard.clear());
            work(to);
        }
        wire.compact();
    }

    private static void work(SSLEngine engine) {
        for (var task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }
}
