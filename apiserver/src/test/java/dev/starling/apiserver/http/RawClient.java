package dev.starling.apiserver.http;

import dev.starling.kube.http.ClusterAccess;
import dev.starling.kube.http.Kubeconfig;
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
    record Reply(int status, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    private RawClient(ClusterAccess access, int port) throws IOException {
        SSLContext context = access.tls();
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
        String[] lines = FakeStreamingServer.readHead(in).split("\r\n");
        var headers = new TreeMap<String, String>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(lines[i].substring(0, colon).toLowerCase(Locale.ROOT), lines[i].substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new Reply(Integer.parseInt(lines[0].split(" ")[1]), headers,
                new String(in.readNBytes(length), StandardCharsets.UTF_8));
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
