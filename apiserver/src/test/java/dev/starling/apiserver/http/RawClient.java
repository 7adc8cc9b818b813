package dev.starling.apiserver.http;

import dev.starling.kube.http.ClusterAccess;
import dev.starling.kube.http.Kubeconfig;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Speaks HTTP/1.1 over TLS byte by byte, so that a test can send what no client library would. */
final class RawClient implements AutoCloseable {
    private final SSLSocket socket;

    /** One answer; header names in lower case. */
    record Reply(int status, Map<String, String> headers, byte[] bytes) {
        String body() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        /** The body with a character for each byte, as it can be sent again. */
        String raw() {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    private RawClient(ClusterAccess access, int port) throws IOException {
        this(access.tls(), port);
    }

    private RawClient(SSLContext context, int port) throws IOException {
        socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
        socket.setSoTimeout(20_000);
    }

    static RawClient admin(TestServer server) throws IOException {
        return with(server, server.port());
    }

    /** Shows the administrator's certificate of one server to whatever listens on a port, which it need not trust. */
    static RawClient with(TestServer identity, int port) throws IOException {
        var access = Kubeconfig.read(identity.kubeconfig()).access();
        return new RawClient(new ClusterAccess(access.server(), "", access.certificatePem(), access.keyPem(), "", true,
                ""), port);
    }

    static RawClient anonymous(TestServer server) throws IOException {
        var access = Kubeconfig.read(server.kubeconfig()).access();
        return new RawClient(new ClusterAccess(access.server(), access.authorityPem(), "", "", "", false, ""),
                server.port());
    }

    void write(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    Reply send(String method, String path, String header, String body) throws IOException {
        write(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\nContent-Length: "
                + body.length() + "\r\n\r\n");
        if (!body.isEmpty()) {
            write(body);
        }
        return read();
    }

    Reply read() throws IOException {
        InputStream in = socket.getInputStream();
        String head = FakeStreamingServer.readHead(in);
        if (head.isEmpty()) {
            throw new EOFException("the connection is closed");
        }
        String[] lines = head.split("\r\n");
        var headers = new TreeMap<String, String>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(lines[i].substring(0, colon).toLowerCase(Locale.ROOT), lines[i].substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new Reply(Integer.parseInt(lines[0].split(" ")[1]), headers, in.readNBytes(length));
    }

    /** As {@link #read}, for an answer that may come in chunks. */
    Reply readWhole() throws IOException {
        var head = read();
        if (!head.header("transfer-encoding").equals("chunked")) {
            return head;
        }
        var body = new ByteArrayOutputStream();
        for (int size = chunk(); size > 0; size = chunk()) {
            body.write(socket.getInputStream().readNBytes(size));
            line();
        }
        line();
        return new Reply(head.status(), head.headers(), body.toByteArray());
    }

    private int chunk() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c = socket.getInputStream().read(); c != '\n'; c = socket.getInputStream().read()) {
            if (c < 0) {
                throw new EOFException("the connection is closed");
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }

    /** So many characters of what follows the head of an answer. */
    String text(int length) throws IOException {
        return new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
    }

    /** So many bytes of what follows the head of an answer. */
    byte[] bytes(int length) throws IOException {
        return socket.getInputStream().readNBytes(length);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
