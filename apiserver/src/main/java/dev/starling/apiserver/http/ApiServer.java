package dev.starling.apiserver.http;

import dev.starling.apiserver.access.Access;
import dev.starling.apiserver.access.Certificates;
import dev.starling.apiserver.access.Reviews;
import dev.starling.apiserver.aggregation.Availability;
import dev.starling.apiserver.aggregation.Delegates;
import dev.starling.apiserver.fairness.Fairness;
import dev.starling.apiserver.protobuf.ProtobufAnswers;
import dev.starling.apiserver.protobuf.ProtobufObjects;
import dev.starling.apiserver.registry.Redirect;
import dev.starling.apiserver.registry.Registry;
import dev.starling.apiserver.schema.BuiltInSchema;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.PodStreams;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.metric.MetricSource;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** The Kubernetes API over HTTP. Runs from its making until it is closed. */
public final class ApiServer implements AutoCloseable {
    private final HttpServer server;
    private final Metrics metrics;
    private final Delegates delegates;
    private final Stopping stopping = new Stopping();

    /**
     * What a server is made of.
     *
     * @param uploads by group, version and resource, such as {@code images.starling.dev/v1/archives}
     * @param version {@code v1.34.0+starling}, as {@code /version} tells it
     * @param random spreads the ends of watches, so that clients do not all come back at once
     */
    public record Parts(ServerSettings settings, Registry registry, Access access, Certificates certificates,
            PodStreams streams, Map<String, Upload> uploads, Schemas schemas, List<HealthCheck> live,
            List<HealthCheck> ready, String version, InstantSource clock, RandomGenerator random,
            Operations operations) {
        public Parts {
            uploads = Map.copyOf(uploads);
            live = List.copyOf(live);
            ready = List.copyOf(ready);
        }
    }

    /**
     * Listens and serves.
     *
     * @throws java.io.UncheckedIOException if the port is taken
     */
    public ApiServer(Parts parts) {
        var certificates = parts.certificates();
        var tokens = certificates.tokens(parts.clock());
        var reviews = Reviews.of(parts.access(), type -> BuiltInSchema.of(parts.schemas(), type));
        parts.registry().serve(reviews.stream().map(review -> review.served().type()).toList(), reviews);
        parts.registry().serve(List.of(Kinds.BINDINGS),
                List.of(new Redirect(Kinds.BINDINGS, Kinds.PODS, "binding")));
        var bounds = parts.settings().limits();
        var limits = new Limits(bounds);
        var tunnels = new Tunnels();
        metrics = new Metrics(limits, tunnels, parts.registry()::counters);
        metrics.latenciesOf(parts.registry().catalog());
        var pods = new PodPages(parts.registry(), parts.streams(), stopping, parts.clock());
        var unsent = new UnsentBytes(bounds);
        metrics.also(unsent);
        var resources = new Resources(new Resources.Parts(parts.registry(), parts.access().authorizer(), pods,
                parts.uploads(), new ProtobufObjects(parts.schemas()), new ProtobufAnswers(parts.schemas()),
                unsent, parts.clock(), parts.random()), stopping);
        delegates = new Delegates(parts.registry().reader(), () -> certificates.frontProxy(parts.clock()),
                certificates.authorityPem(), parts.clock());
        var fairness = new Fairness(parts.registry().reader(), bounds.reads() + bounds.writes(),
                bounds.patience(), parts.clock());
        metrics.also(fairness);
        var delegated = new DelegatePages(delegates, bounds.delegated());
        metrics.also(delegated);
        var chain = new RequestChain(new RequestChain.Parts(parts.access(), new FairFlow(fairness, limits), resources,
                metrics, parts.operations().audit(), new ProtobufObjects(parts.schemas()),
                delegated, parts.registry().catalog()),
                pages(parts, metrics, tokens.keySet()));
        var large = new LargeBodies(bounds);
        var unread = new UnreadAnswers();
        server = new HttpServer(parts.settings(), certificates.serverTls(), chain,
                new Exchange.Bounds(bounds, parts.settings().cbor(), large, tunnels, unread));
        metrics.also(large);
        metrics.also(unread);
        metrics.also(server.connections());
        server.start();
    }

    private Map<String, Page> pages(Parts parts, Metrics metrics, JsonObject keySet) {
        var pages = new TreeMap<String, Page>();
        var discovery = new DiscoveryPages(parts.registry(), delegates);
        var health = new HealthPages(parts.live(), parts.ready());
        pages.put("api", discovery::serve);
        pages.put("apis", discovery::serve);
        pages.put("openapi", new OpenApiPages(parts.schemas(), parts.registry(), delegates.documents(),
                parts.clock())::serve);
        pages.put("livez", health::serve);
        pages.put("readyz", health::serve);
        pages.put("healthz", health::serve);
        pages.put("metrics", alone((exchange, request) -> exchange.answer(200,
                "text/plain; version=0.0.4; charset=utf-8", metrics.text().getBytes(StandardCharsets.UTF_8))));
        pages.put("version", alone(document(version(parts.version()))));
        var identity = new IdentityPages(keySet);
        pages.put("openid", identity::keys);
        pages.put(".well-known", identity::configuration);
        pages.put("starling", new BackupPage(parts.operations().backup())::serve);
        var roots = pages.keySet().stream().map(name -> "/" + name).toList();
        pages.put("", document(JsonObject.of("paths", roots)));
        return pages;
    }

    /** A page without pages below it. */
    private static Page alone(Page page) {
        return (exchange, request) -> {
            if (request.segments().size() > 1) {
                Answer.text(exchange, 404, "404 page not found\n");
            } else {
                page.serve(exchange, request);
            }
        };
    }

    private static Page document(JsonObject document) {
        return (exchange, request) -> Document.to(exchange, request).document(200, document);
    }

    private static JsonObject version(String version) {
        return JsonObject.of("major", "1", "minor", "34", "gitVersion", version, "gitCommit", "", "gitTreeState",
                "clean", "buildDate", "2026-01-01T00:00:00Z", "goVersion", "", "compiler", "javac",
                "platform", "linux/" + architecture());
    }

    private static String architecture() {
        return switch (System.getProperty("os.arch")) {
            case "aarch64" -> "arm64";
            case "x86_64" -> "amd64";
            default -> System.getProperty("os.arch");
        };
    }

    /**
     * What asks the servers behind APIServices how they are; to be called by a driver.
     *
     * @param executor asks several side by side
     */
    public Loop availability(KubeApi api, Executor executor) {
        var availability = new Availability(delegates, api, executor);
        metrics.also(availability);
        return availability;
    }

    /** Listens on the same port of one more address of this machine. */
    public void alsoListen(String host) {
        server.alsoListen(host);
    }

    /** Shows at {@code /metrics} what another part measures, from now on. */
    public void alsoMeasure(MetricSource source) {
        metrics.also(source);
    }

    /** The port that it listens on. */
    public int port() {
        return server.port();
    }

    /** Ends watches and tunnels, lets what is in flight finish for a moment, and stops listening. */
    @Override
    public void close() {
        stopping.close();
        server.close();
    }
}
