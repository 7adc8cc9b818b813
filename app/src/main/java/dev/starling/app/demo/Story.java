package dev.starling.app.demo;

import dev.starling.app.demo.Stage.Look;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** The chapters of the demo after the server is up. Everything is done with the tools that a user has. */
final class Story {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOAD_TIME = Duration.ofSeconds(30);
    private static final int VISITORS = 16;

    private final Stage stage;
    private final Tools tools;
    private final World world;
    private final Path folder;
    private final InstantSource clock;

    Story(Stage stage, Tools tools, World world, Path folder, InstantSource clock) {
        this.stage = stage;
        this.tools = tools;
        this.world = world;
        this.folder = folder;
        this.clock = clock;
    }

    void tell() {
        makeCluster();
        deploy();
        scaleUnderLoad();
        build();
        scaleIn();
        bill();
    }

    private void makeCluster() {
        stage.chapter(2, "A cluster with a Fargate profile: pods of these namespaces need no nodes");
        show("starling create cluster -f cluster.yaml",
                () -> tools.starling("create", "cluster", "-f", file("cluster.yaml")));
        show("kubectl get nodes", () -> tools.kubectl("get", "nodes"));
    }

    private void deploy() {
        stage.chapter(3, "A web server: Deployment, Service and autoscaler");
        show("kubectl apply -f web.yaml", () -> tools.kubectl("apply", "-f", file("web.yaml")));
        stage.until("nginx is ready", PATIENCE, () -> world.replicas("nginx", 1));
        show("kubectl get pods -o wide", () -> tools.kubectl("get", "pods", "-o", "wide"));
    }

    private void scaleUnderLoad() {
        var target = new InetSocketAddress(world.address("nginx"), 80);
        boolean locust = Tools.find("locust").isPresent();
        stage.chapter(4, "Load on the Service at " + target.getHostString() + ": "
                + (locust ? "Locust" : "the built-in generator, since Locust is not installed"));
        var most = new AtomicLong();
        Supplier<Look> scaling = () -> {
            most.accumulateAndGet(world.ready("nginx"), Math::max);
            return new Look(most.get() > 1, world.scaling("nginx-hpa") + ", " + world.ready("nginx") + " ready");
        };
        if (locust) {
            locust(target, scaling);
        } else {
            generate(target, scaling);
        }
        stage.line("scaled out to " + most.get() + " pods");
    }

    /** The load lasts its time, and on a busy machine, or while a killed server is away, until it had its effect. */
    private void scaleOut(Supplier<Look> scaling) {
        stage.during(LOAD_TIME, () -> scaling.get().text());
        stage.until("the web server scales out under load", PATIENCE, scaling);
    }

    private void generate(InetSocketAddress target, Supplier<Look> scaling) {
        var begun = clock.instant();
        try (var load = new LoadGenerator(target, VISITORS)) {
            scaleOut(scaling);
            long seconds = Math.max(1, Duration.between(begun, clock.instant()).toSeconds());
            stage.line(load.answered() + " requests answered (" + load.answered() / seconds + " a second), "
                    + load.failed() + " failed");
        }
    }

    private void locust(InetSocketAddress target, Supplier<Look> scaling) {
        var log = folder.resolve("locust.log");
        var process = tools.start(log, List.of("locust", "-f", file("locustfile.py"), "--headless", "-u", "60", "-r",
                "30", "-t", LOAD_TIME.plus(PATIENCE).toSeconds() + "s", "--only-summary", "--host",
                "http://" + target.getHostString()));
        try {
            scaleOut(scaling);
            process.destroy();
            stage.until("locust has ended", PATIENCE, () -> new Look(!process.isAlive(), "locust sums up"));
            stage.line(Files.readAllLines(log).stream().filter(line -> line.contains("Aggregated")).findFirst()
                    .orElse("locust's report lies in " + log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            process.destroy();
        }
    }

    private void build() {
        stage.chapter(5, "A CI build as a Job, gone 10 s after it finishes; meanwhile the web server scales in");
        show("kubectl apply -f build-job.yaml", () -> tools.kubectl("apply", "-f", file("build-job.yaml")));
        stage.until("the build succeeds", PATIENCE.multipliedBy(2), () -> {
            var job = world.job("build-job");
            return new Look(job.done(), job.text() + "; web server: " + world.scaling("nginx-hpa"));
        });
        show("kubectl logs job/build-job --tail=3", () -> tools.kubectl("logs", "job/build-job", "--tail=3"));
        stage.until("the job is removed", PATIENCE, () -> world.gone("build-job"));
    }

    private void scaleIn() {
        stage.until("the web server is back at one pod", PATIENCE.multipliedBy(2),
                () -> world.replicas("nginx", 1));
    }

    private void bill() {
        stage.chapter(6, "The bill, to the second, and what each start took");
        show("starling bill --receipts", () -> tools.starling("bill", "--receipts"));
    }

    /** Runs a command and shows it. A server that was killed may be started again by whoever watches. */
    private void show(String command, Supplier<String> run) {
        if (!world.serving().done()) {
            stage.until("the server is back", PATIENCE, world::serving);
        }
        stage.line("$ " + command);
        stage.line(run.get());
    }

    /** A file of the demo's own, written where a user can look at it. */
    private String file(String name) {
        try (var in = Story.class.getResourceAsStream("/demo/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the demo has no file " + name);
            }
            var path = folder.resolve(name);
            Files.write(path, in.readAllBytes());
            return path.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
