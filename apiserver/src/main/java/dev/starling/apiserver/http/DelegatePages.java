package dev.starling.apiserver.http;

import dev.starling.apiserver.aggregation.Delegate;
import dev.starling.apiserver.aggregation.Delegates;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.webhook.Trace;
import dev.starling.kube.api.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Hands requests for a delegate's group to it, with the identity of the caller in headers, and its answer back as it
 * comes, so that watches pass. Connections that leave HTTP do not pass.
 */
final class DelegatePages {
    private static final System.Logger LOG = System.getLogger(DelegatePages.class.getName());
    private static final int STEP_BYTES = 16 << 10;
    private static final List<String> PASSED = List.of("Accept", "Accept-Encoding", "Content-Type", "User-Agent",
            "If-None-Match", "If-Match", Trace.HEADER);
    private static final List<String> RETURNED = List.of("Content-Encoding", "ETag", "Vary", "Warning", "Retry-After",
            "Audit-Id");

    private final Delegates delegates;

    DelegatePages(Delegates delegates) {
        this.delegates = delegates;
    }

    Optional<Delegate> find(String group, String version) {
        return group.isEmpty() ? Optional.empty() : delegates.find(group, version);
    }

    void serve(Exchange exchange, Caller caller, Delegate delegate) {
        if (!exchange.header("Upgrade").isEmpty()) {
            throw new ApiException(ApiException.Reason.METHOD_NOT_ALLOWED,
                    "connections to aggregated servers can't be upgraded");
        }
        var addresses = delegate.addresses(delegates.reader());
        if (addresses.isEmpty()) {
            throw ApiException.unavailable("service unavailable");
        }
        try {
            var answer = delegate.client().send(request(exchange, caller, addresses.getFirst()),
                    BodyHandlers.ofInputStream());
            relay(exchange, answer);
        } catch (IOException e) {
            LOG.log(Level.INFO, "an aggregated server did not answer name=" + delegate.object().name() + " reason="
                    + e);
            throw ApiException.unavailable("error trying to reach service: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.unavailable("the server is stopping");
        }
    }

    private static HttpRequest request(Exchange exchange, Caller caller, URI address) {
        String query = exchange.query().isEmpty() ? "" : "?" + exchange.query();
        byte[] body = exchange.method().equals("GET") || exchange.method().equals("HEAD") ? new byte[0]
                : exchange.body();
        var request = HttpRequest.newBuilder(URI.create(address + exchange.path() + query))
                .method(exchange.method(),
                        body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        PASSED.stream().filter(name -> !exchange.header(name).isEmpty())
                .forEach(name -> request.header(name, exchange.header(name)));
        request.header("X-Remote-User", caller.name());
        if (!caller.uid().isEmpty()) {
            request.header("X-Remote-Uid", caller.uid());
        }
        caller.groups().forEach(group -> request.header("X-Remote-Group", group));
        caller.extra().forEach((key, values) -> values.forEach(value -> request.header(
                "X-Remote-Extra-" + URLEncoder.encode(key, StandardCharsets.UTF_8), value)));
        return request.build();
    }

    private static void relay(Exchange exchange, HttpResponse<InputStream> answer) {
        RETURNED.forEach(name -> answer.headers().allValues(name).forEach(value -> exchange.add(name, value)));
        String type = answer.headers().firstValue("Content-Type").orElse(MediaType.JSON);
        var gone = new AtomicBoolean();
        try (var body = answer.body(); var out = exchange.stream(answer.statusCode(), type, () -> {
            gone.set(true);
            closed(answer.body());
        })) {
            var step = new byte[STEP_BYTES];
            for (int n = body.read(step); n >= 0; n = body.read(step)) {
                out.write(step, 0, n);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a relayed answer broke off", e);
            if (!gone.get()) {
                exchange.breakOff(e);
            }
        }
    }

    private static void closed(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a relayed answer was closed twice", e);
        }
    }
}
