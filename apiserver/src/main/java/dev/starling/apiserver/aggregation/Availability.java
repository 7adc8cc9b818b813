package dev.starling.apiserver.aggregation;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.http.BoundedAnswer;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.metric.Metric;
import dev.starling.kube.metric.MetricSource;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.Times;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * Asks each delegate what it serves, and tells by the condition Available whether it answered. They are asked side by
 * side, so that a slow one delays none but itself; where there are too many, those asked longest ago come first.
 */
public final class Availability implements Loop, MetricSource {
    private static final System.Logger LOG = System.getLogger(Availability.class.getName());
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final int MOST_ASKED = 3;
    private static final int MOST_BYTES = 4 << 20;
    private static final int MOST_AT_ONCE = 32;

    private final Delegates delegates;
    private final KubeApi api;
    private final Executor executor;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet(); // names of APIServices
    private final Map<String, Instant> asked = new HashMap<>(); // when, by name; of the loop's thread
    private final LongAdder delayed = new LongAdder();

    private record Verdict(boolean good, String reason, String message) {
    }

    /** @param executor asks some of them side by side */
    public Availability(Delegates delegates, KubeApi api, Executor executor) {
        this.delegates = delegates;
        this.api = api;
        this.executor = executor;
    }

    @Override
    public String name() {
        return "apiservice-availability";
    }

    @Override
    public Next step(Instant now) {
        var names = delegates.all().stream().map(Availability::name).collect(Collectors.toSet());
        delegates.documents().keepOnly(names);
        asked.keySet().retainAll(names);
        delegates.all().stream().filter(delegate -> !underWay.contains(name(delegate)))
                .sorted(Comparator.comparing(delegate -> asked.getOrDefault(name(delegate), Instant.MIN)))
                .forEach(delegate -> begin(delegate, now));
        return Next.at(now.plus(PAUSE));
    }

    private static String name(Delegate delegate) {
        return delegate.object().name();
    }

    private void begin(Delegate delegate, Instant now) {
        if (underWay.size() >= MOST_AT_ONCE) {
            delayed.increment();
            return;
        }
        underWay.add(name(delegate));
        asked.put(name(delegate), now);
        executor.execute(() -> check(delegate, now));
    }

    private void check(Delegate delegate, Instant now) {
        try {
            tell(delegate, judge(delegate, now), now);
        } catch (ApiException e) {
            LOG.log(Level.DEBUG, "the condition of an APIService was not written", e);
        } finally {
            underWay.remove(name(delegate));
        }
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.counter("apiserver_delayed_availability_checks_total",
                "Checks of aggregated servers put off because too many were under way.", Map.of(), delayed.sum()));
    }

    private Verdict judge(Delegate delegate, Instant now) {
        var reader = delegates.reader();
        String named = "service/" + delegate.service() + " in \"" + delegate.namespace() + "\"";
        if (reader.find(Kinds.SERVICES.key(delegate.namespace(), delegate.service())).isEmpty()) {
            return new Verdict(false, "ServiceNotFound", named + " is not present");
        }
        var addresses = delegate.addresses(reader);
        if (addresses.isEmpty()) {
            return new Verdict(false, "MissingEndpoints", "endpoints for " + named + " have no addresses with port "
                    + "name \"\"");
        }
        var verdict = new Verdict(false, "", "");
        for (var address : addresses.subList(0, Math.min(addresses.size(), MOST_ASKED))) {
            verdict = asked(delegate, URI.create(address + "/apis/" + delegate.group() + "/" + delegate.version()));
            if (verdict.good()) {
                delegates.documents().refresh(delegate, address, now);
                return verdict;
            }
        }
        return verdict;
    }

    private Verdict asked(Delegate delegate, URI uri) {
        try {
            var answer = BoundedAnswer.of(delegate.client(), HttpRequest.newBuilder(uri).timeout(ANSWER)
                    .header("X-Remote-User", "system:kube-aggregator").header("X-Remote-Group", "system:masters")
                    .header(Delegate.VIA, delegate.mark()).build(), ANSWER, MOST_BYTES);
            if (answer.statusCode() != 200) {
                return failed(uri, "bad status from " + uri + ": " + answer.statusCode());
            }
            delegates.serves(delegate, JsonReader.readObject(answer.body()));
            return new Verdict(true, "Passed", "all checks passed");
        } catch (IOException | JsonException e) {
            return failed(uri, String.valueOf(e.getMessage()));
        }
    }

    private static Verdict failed(URI uri, String why) {
        return new Verdict(false, "FailedDiscoveryCheck", "failing or missing response from " + uri + ": " + why);
    }

    private void tell(Delegate delegate, Verdict verdict, Instant now) {
        var key = Kinds.API_SERVICES.key(delegate.object().name());
        var object = api.get(key);
        var before = object.status().array("conditions").objects().stream()
                .filter(c -> c.text("type").equals("Available")).findFirst().orElse(JsonObject.EMPTY);
        String status = verdict.good() ? "True" : "False";
        if (before.text("status").equals(status) && before.text("reason").equals(verdict.reason())
                && before.text("message").equals(verdict.message())) {
            return;
        }
        String since = before.text("status").equals(status) ? before.text("lastTransitionTime") : Times.seconds(now);
        var condition = JsonObject.of("type", "Available", "status", status, "lastTransitionTime", since,
                "reason", verdict.reason(), "message", verdict.message());
        api.update(key.sub("status"), object.with((Json) JsonArray.of((Json) condition), "status", "conditions"),
                WriteOptions.DEFAULT);
    }
}
