package dev.starling.apiserver.http;

import dev.starling.kube.api.ApiException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/** Turns a request for SPDY into a tunnel to the streaming server that a pod's node names. */
final class Upgrades {
    private static final System.Logger LOG = System.getLogger(Upgrades.class.getName());
    private static final Duration CONNECT_TIME = Duration.ofSeconds(10);
    private static final Duration ANSWER_TIME = Duration.ofSeconds(30);

    /**
     * @param address is asked only once the request is known to be one for SPDY, because to ask prepares a session
     */
    void serve(Exchange exchange, Supplier<URI> address) {
        String wanted = exchange.header("Upgrade").toLowerCase(Locale.ROOT);
        if (wanted.equals("websocket")) {
            Answer.text(exchange, 400, "WebSocket streams are not served here; SPDY/3.1 is\n");
            return;
        }
        if (!exchange.upgradable() || !exchange.asksToLeave() || !wanted.equals("spdy/3.1")) {
            throw ApiException.badRequest("Upgrade request required");
        }
        connect(exchange, address.get());
    }

    private static void connect(Exchange exchange, URI address) {
        SocketChannel channel = null;
        boolean handed = false;
        try {
            channel = SocketChannel.open();
            channel.socket().connect(new InetSocketAddress(address.getHost(), address.getPort()),
                    (int) CONNECT_TIME.toMillis());
            channel.socket().setTcpNoDelay(true);
            channel.socket().setSoTimeout((int) ANSWER_TIME.toMillis());
            handed = Handover.ask(exchange, request(exchange, address), channel.socket(), Lines.of(channel));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "streaming server did not answer address=" + address.getHost() + ":"
                    + address.getPort() + " reason=" + e.getMessage());
            throw ApiException.internal("error dialing backend: " + e.getMessage());
        } finally {
            if (channel != null && !handed) {
                close(channel);
            }
        }
    }

    private static String request(Exchange exchange, URI address) {
        String path = address.getRawPath().isEmpty() ? "/" : address.getRawPath();
        String query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
        var text = new StringBuilder("POST " + path + query + " HTTP/1.1\r\n")
                .append("Host: ").append(address.getAuthority()).append("\r\n")
                .append("Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\nContent-Length: 0\r\n");
        for (String protocol : exchange.header("X-Stream-Protocol-Version").split(",")) {
            if (!protocol.isBlank()) {
                text.append("X-Stream-Protocol-Version: ").append(protocol.trim()).append("\r\n");
            }
        }
        return text.append("\r\n").toString();
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a connection to the streaming server failed", e);
        }
    }
}
