package dev.starling.apiserver.http;

import dev.starling.kube.http.ClusterAccess;
import dev.starling.kube.http.Kubeconfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocket;

/**
 * Speaks HTTP/2 over TLS frame by frame, as no good client does: it asks, and never says that it may be sent more than
 * what a connection and a stream begin with.
 */
final class RawHttp2 implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RawHttp2.class.getName());
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int END_STREAM_AND_HEADERS = 0x5;

    private final SSLSocket socket;
    private int next = 1;

    RawHttp2(TestServer server) throws IOException {
        var access = Kubeconfig.read(server.kubeconfig()).access();
        socket = (SSLSocket) new ClusterAccess(access.server(), "", access.certificatePem(), access.keyPem(), "", true,
                "").tls().getSocketFactory().createSocket("127.0.0.1", server.port());
        var parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, new byte[0]);
    }

    private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        var frame = ByteBuffer.allocate(9 + payload.length).put((byte) (payload.length >> 16))
                .putShort((short) payload.length).put((byte) type).put((byte) flags).putInt(stream).put(payload);
        socket.getOutputStream().write(frame.array());
        socket.getOutputStream().flush();
    }

    /** Asks on a stream of its own, by a path of less than 127 characters. */
    void get(String path, String accept) throws IOException {
        var head = new ByteArrayOutputStream();
        head.write(0x82); // :method GET and :scheme https, of the static table
        head.write(0x87);
        literal(head, 4, path); // :path
        literal(head, 1, "localhost"); // :authority
        head.write(0x0F); // accept is the 19th of the static table: 15 in the first byte, the rest in the next
        literal(head, 19 - 15, accept);
        frame(HEADERS, END_STREAM_AND_HEADERS, next, head.toByteArray());
        next += 2;
    }

    private static void literal(ByteArrayOutputStream head, int name, String value) {
        head.write(name);
        head.write(value.length());
        head.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads on a thread of its own whatever comes, and says nothing of it. */
    RawHttp2 hearing() {
        Thread.ofVirtual().start(() -> {
            try (var in = socket.getInputStream()) {
                in.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "the connection ended", e);
            }
        });
        return this;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
