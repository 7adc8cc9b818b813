package dev.starling.apiserver.http;

import dev.starling.apiserver.aggregation.Delegate;
import dev.starling.apiserver.aggregation.Delegates;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.webhook.Trace;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.metric.Metric;
import dev.starling.kube.metric.MetricSource;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * Hands requests for a delegate's group to it, with the identity of the caller in headers, and its answer back as it
 * comes, so that watches pass, and connections that leave HTTP.
 */
final class DelegatePages implements MetricSource {
    private static final System.Logger LOG = System.getLogger(DelegatePages.class.getName());
    private static final String TOO_LATE = "an aggregated server took too long";
    private static final int STEP_BYTES = 16 << 10;
    /** What an answer may say in headers; the rest of the space is this server's own. */
    private static final int HEAD_BYTES = 8 << 10;
    /** What a header has beside its value. */
    private static final int HEAD_LINE_BYTES = 20;
    private static final Set<Integer> WITHOUT_BODY = Set.of(204, 205, 304);
    /** How long the head of an answer may take; a watch begins at once. */
    private static final Duration ANSWER = Duration.ofMinutes(1);
    private static final List<String> PASSED = List.of("Accept", "Accept-Encoding", "Content-Type", "User-Agent",
            "If-None-Match", "If-Match", Trace.HEADER);
    private static final List<String> RETURNED = List.of("Content-Encoding", "ETag", "Vary", "Warning", "Retry-After",
            "Audit-Id");

    private static final int MOST_TRIED = 3;

    private final Delegates delegates;
    private final Duration most;
    private final AtomicInteger turn = new AtomicInteger();
    private final LongAdder late = new LongAdder();

    /** @param most how long a request may take in all, unless it lasts by its nature */
    DelegatePages(Delegates delegates, Duration most) {
        this.delegates = delegates;
        this.most = most;
    }

    Optional<Delegate> find(String group, String version) {
        return group.isEmpty() ? Optional.empty() : delegates.find(group, version);
    }

    /** Whether a request may take any time: watches, logs, tunnels, and what goes on to a third server. */
    static boolean lasts(ApiRequest request) {
        String sub = request.resource().map(ApiPath::subresource).orElse("");
        return request.lasting() || sub.equals("log") || sub.equals("proxy");
    }

    void serve(Exchange exchange, ApiRequest request, Caller caller, Delegate delegate) {
        if (delegate.leadsBack(exchange.header(Delegate.VIA))) {
            throw ApiException.unavailable("loop detected: the service of APIService " + delegate.object().name()
                    + " leads back here");
        }
        var addresses = inTurn(delegate.addresses(delegates.reader()));
        byte[] body = body(exchange);
        IOException last = new ConnectException("it has no endpoints that are ready");
        for (var address : addresses) {
            try {
                serve(exchange, new Call(caller, delegate, body, lasts(request)), address);
                return;
            } catch (ConnectException | HttpConnectTimeoutException | SocketTimeoutException e) {
                last = e;
            } catch (HttpTimeoutException e) {
                late.increment();
                throw new ApiException(ApiException.Reason.TIMEOUT,
                        "Timeout: the aggregated server did not answer in time");
            } catch (IOException e) {
                throw unavailable(delegate, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw ApiException.unavailable("the server is stopping");
            }
        }
        throw addresses.isEmpty() ? ApiException.unavailable("service unavailable") : unavailable(delegate, last);
    }

    /** Each request begins with another endpoint, and tries some more where nobody listens. */
    private List<URI> inTurn(List<URI> addresses) {
        if (addresses.size() < 2) {
            return addresses;
        }
        int first = Math.floorMod(turn.getAndIncrement(), addresses.size());
        return Stream.concat(addresses.stream().skip(first), addresses.stream().limit(first)).limit(MOST_TRIED)
                .toList();
    }

    private static ApiException unavailable(Delegate delegate, IOException e) {
        LOG.log(Level.INFO, "an aggregated server did not answer name=" + delegate.object().name() + " reason=" + e);
        return ApiException.unavailable("error trying to reach service: " + e.getMessage());
    }

    /** What is sent to one address after the other. */
    private record Call(Caller caller, Delegate delegate, byte[] body, boolean lasts) {
    }

    /** It can be read only once. Nothing is made of it here, so that another large one may be worked on. */
    private static byte[] body(Exchange exchange) {
        boolean none = exchange.method().equals("GET") || exchange.method().equals("HEAD") || exchange.asksToLeave();
        byte[] body = none ? new byte[0] : exchange.body();
        exchange.over();
        return body;
    }

    private void serve(Exchange exchange, Call call, URI address) throws IOException, InterruptedException {
        if (exchange.asksToLeave()) {
            DelegateTunnels.connect(exchange, headers(exchange, call), call.delegate(), address);
            return;
        }
        var answer = call.delegate().client().send(request(exchange, call, address), BodyHandlers.ofInputStream());
        int code = answer.statusCode();
        try (var body = answer.body()) {
            head(exchange, answer);
            if (WITHOUT_BODY.contains(code)) {
                exchange.answer(code);
            } else {
                String type = answer.headers().firstValue("Content-Type").orElse(MediaType.JSON);
                relay(exchange, body, new Kind(code, type, call.lasts()));
            }
        }
    }

    private record Kind(int code, String type, boolean lasts) {
    }

    /** @throws IOException if the answer says too much, before anything of it was passed on */
    private static void head(Exchange exchange, HttpResponse<?> answer) throws IOException {
        var headers = answer.headers();
        int length = Stream.concat(RETURNED.stream(), Stream.of("Content-Type")).flatMap(name ->
                headers.allValues(name).stream()).mapToInt(value -> value.length() + HEAD_LINE_BYTES).sum();
        if (length > HEAD_BYTES) {
            throw new IOException("the headers of its answer are too large");
        }
        RETURNED.forEach(name -> headers.allValues(name).forEach(value -> exchange.add(name, value)));
    }

    private HttpRequest request(Exchange exchange, Call call, URI address) {
        String query = exchange.query().isEmpty() ? "" : "?" + exchange.query();
        byte[] body = call.body();
        var head = call.lasts() || ANSWER.compareTo(most) < 0 ? ANSWER : most;
        var request = HttpRequest.newBuilder(URI.create(address + exchange.path() + query)).timeout(head)
                .method(exchange.method(),
                        body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        PASSED.stream().filter(name -> !exchange.header(name).isEmpty())
                .forEach(name -> request.header(name, exchange.header(name)));
        headers(exchange, call).forEach((name, values) -> values.forEach(value -> request.header(name, value)));
        return request.build();
    }

    /** The headers by which the other server learns who calls, and this one that it asks itself. */
    private static Map<String, List<String>> headers(Exchange exchange, Call call) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        headers.put(Delegate.VIA, List.of(call.delegate().via(exchange.header(Delegate.VIA))));
        var caller = call.caller();
        headers.put("X-Remote-User", List.of(caller.name()));
        if (!caller.uid().isEmpty()) {
            headers.put("X-Remote-Uid", List.of(caller.uid()));
        }
        headers.put("X-Remote-Group", caller.groups());
        caller.extra().forEach((key, values) -> headers.put(
                "X-Remote-Extra-" + URLEncoder.encode(key, StandardCharsets.UTF_8), values));
        return headers;
    }

    private void relay(Exchange exchange, InputStream body, Kind kind) {
        var over = new CompletableFuture<Boolean>(); // true by time
        try (var out = exchange.stream(kind.code(), kind.type(), () -> closed(body))) {
            over.thenAccept(byTime -> {
                if (byTime) {
                    late.increment();
                    out.fail(new IOException(TOO_LATE));
                    closed(body);
                }
            });
            if (!kind.lasts()) {
                over.completeOnTimeout(true, Math.max(1, most.minus(exchange.age()).toMillis()), TimeUnit.MILLISECONDS);
            }
            copy(body, out);
            if (!over.complete(false)) {
                out.fail(new IOException(TOO_LATE));
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a relayed answer broke off", e);
        } finally {
            over.complete(false);
        }
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.counter("apiserver_cut_aggregated_answers_total",
                "Answers of aggregated servers that took longer than they may.", Map.of(), late.sum()));
    }

    /** What breaks off here breaks off there, too: to close the stream would tell the client that it has all. */
    private static void copy(InputStream body, Exchange.Stream out) {
        var step = new byte[STEP_BYTES];
        try {
            for (int n = body.read(step); n >= 0; n = body.read(step)) {
                out.write(step, 0, n);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a relayed answer broke off", e);
            out.fail(e);
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
