package dev.starling.apiserver.webhook;

import dev.starling.apiserver.webhook.WebhookTarget.Place;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.json.JsonWriter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * Asks webhooks over HTTPS, one connection per question. A Service is reached at the address of one of its endpoints,
 * but is known by its name: {@code <name>.<namespace>.svc} must stand in its certificate.
 */
public final class HttpsWebhooks implements Webhooks {
    private static final int HTTPS = 443;

    private final ServiceAddresses services;
    private final TrustedAuthorities authorities = new TrustedAuthorities();

    public HttpsWebhooks(ServiceAddresses services) {
        this.services = services;
    }

    /**
     * Whom to ask.
     *
     * @param host as its certificate names it
     */
    private record Server(String host, int port, InetSocketAddress address, String path) {

        String url() {
            return "https://" + host + ":" + port + path;
        }
    }

    @Override
    public JsonObject call(WebhookTarget target, JsonObject review, Duration most) {
        var server = server(target.place(), most);
        try {
            return asked(server, target.authorityPem(), review, most);
        } catch (SocketTimeoutException e) {
            throw failed(server, "context deadline exceeded", e);
        } catch (IOException | JsonException e) {
            throw failed(server, String.valueOf(e.getMessage()), e);
        }
    }

    private static WebhookException failed(Server server, String why, Exception cause) {
        return new WebhookException("failed to call webhook: Post \"" + server.url() + "\": " + why, cause);
    }

    private Server server(Place place, Duration most) {
        String timeout = "?timeout=" + Math.max(1, most.toSeconds()) + "s";
        return switch (place) {
            case Place.Url(var uri) -> {
                int port = uri.getPort() < 0 ? HTTPS : uri.getPort();
                String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
                yield new Server(uri.getHost(), port, new InetSocketAddress(uri.getHost(), port), path + timeout);
            }
            case Place.InService(var namespace, var name, var port, var path) ->
                    new Server(name + "." + namespace + ".svc", port, services.find(namespace, name, port),
                            (path.startsWith("/") ? path : "/" + path) + timeout);
        };
    }

    private JsonObject asked(Server server, String authorityPem, JsonObject review, Duration most)
            throws IOException {
        var deadline = Deadline.in(most);
        SSLContext context = authorities.context(authorityPem);
        var plain = new Socket();
        var over = deadline.guard(plain);
        try (plain) {
            plain.connect(server.address(), deadline.leftMs());
            plain.setTcpNoDelay(true);
            plain.setSoTimeout(deadline.leftMs());
            try (var socket = (SSLSocket) context.getSocketFactory()
                    .createSocket(plain, server.host(), server.port(), true)) {
                var parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                var exchange = new HttpExchange(socket, deadline);
                exchange.post(server.host() + ":" + server.port(), server.path(), JsonWriter.bytes(review));
                return JsonReader.readObject(exchange.answer());
            }
        } catch (IOException e) {
            deadline.leftMs();
            throw e;
        } finally {
            over.run();
        }
    }
}
