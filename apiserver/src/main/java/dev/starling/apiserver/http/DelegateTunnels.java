package dev.starling.apiserver.http;

import dev.starling.apiserver.aggregation.Delegate;
import dev.starling.kube.api.ApiException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLSocket;

/** Connections that leave HTTP, such as SPDY and WebSocket, through this server to one that answers in its place. */
final class DelegateTunnels {
    private static final System.Logger LOG = System.getLogger(DelegateTunnels.class.getName());
    private static final Duration CONNECT_TIME = Duration.ofSeconds(5);
    private static final Duration ANSWER_TIME = Duration.ofSeconds(30);
    /** What belongs to this connection, or could pretend to be somebody. */
    private static final Set<String> KEPT = Set.of("host", "connection", "content-length", "transfer-encoding",
            "authorization", "keep-alive", "te", "trailer", "proxy-authorization", "proxy-connection", "via");

    private DelegateTunnels() {
    }

    /**
     * Sends the request on, and hands the connection over if the answer is 101; any other answer is passed on.
     *
     * @param caller the headers that name the caller and this server
     * @throws IOException if nobody listens at the address: nothing was sent
     */
    static void connect(Exchange exchange, Map<String, List<String>> caller, Delegate delegate, URI address)
            throws IOException {
        if (!exchange.upgradable()) {
            throw ApiException.badRequest("Upgrade request required");
        }
        var plain = new Socket();
        boolean handed = false;
        try {
            plain.connect(new InetSocketAddress(address.getHost().replaceAll("[\\[\\]]", ""), address.getPort()),
                    (int) CONNECT_TIME.toMillis());
            plain.setTcpNoDelay(true);
            plain.setSoTimeout((int) ANSWER_TIME.toMillis());
            handed = ask(exchange, request(exchange, caller, delegate), secured(plain, delegate));
        } finally {
            if (!handed) {
                close(plain);
            }
        }
    }

    private static SSLSocket secured(Socket plain, Delegate delegate) throws IOException {
        var socket = (SSLSocket) delegate.client().sslContext().getSocketFactory().createSocket(plain,
                delegate.host(), plain.getPort(), true);
        socket.startHandshake();
        return socket;
    }

    private static boolean ask(Exchange exchange, String request, SSLSocket socket) {
        try {
            return Handover.ask(exchange, request, socket, Lines.of(socket));
        } catch (IOException e) {
            LOG.log(Level.INFO, "an aggregated server did not take over a connection reason=" + e.getMessage());
            throw ApiException.internal("error dialing backend: " + e.getMessage());
        }
    }

    private static String request(Exchange exchange, Map<String, List<String>> caller, Delegate delegate) {
        var text = new StringBuilder(exchange.method()).append(' ').append(exchange.path())
                .append(exchange.query().isEmpty() ? "" : "?" + exchange.query()).append(" HTTP/1.1\r\nHost: ")
                .append(delegate.host()).append("\r\nConnection: Upgrade\r\n");
        if (!exchange.method().equals("GET")) {
            text.append("Content-Length: 0\r\n");
        }
        exchange.headers("").forEach((name, values) -> {
            if (!KEPT.contains(name) && !name.startsWith("x-remote-") && !name.startsWith("impersonate-")) {
                add(text, name, values);
            }
        });
        caller.forEach((name, values) -> add(text, name.toLowerCase(Locale.ROOT), values));
        return text.append("\r\n").toString();
    }

    private static void add(StringBuilder text, String name, List<String> values) {
        values.forEach(value -> text.append(name).append(": ").append(value.replaceAll("[\\r\\n]", " "))
                .append("\r\n"));
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a connection to an aggregated server failed", e);
        }
    }
}
