package dev.starling.app.demo;

import dev.starling.app.options.Arguments;
import dev.starling.kube.http.HttpApi;
import dev.starling.kube.http.Kubeconfig;
import dev.starling.kube.loop.ThreadDriver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Starts a server of its own as a user would, has the story told, and leaves nothing behind unless asked to. */
public final class Demo {
    public static final String USAGE = """
            Usage: starling demo [OPTIONS]     a web server without nodes, under load, with a bill; in three minutes

              --data DIR   where the demo's instance lies    [a temporary folder]
              --keep       leaves it running at the end, and says how to use and stop it
            """;
    private static final System.Logger LOG = System.getLogger(Demo.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Stage stage;
    private final Path folder;
    private final boolean keep;
    private final InstantSource clock = InstantSource.system();
    private final Bell bell = new Bell();
    private final Tools tools;
    private final boolean temporary;
    private volatile Optional<Process> server = Optional.empty(); // set once; read by the hook

    private Demo(Path folder, boolean temporary, boolean keep) {
        this.tools = new Tools(Path.of(System.getProperty("starling.home", ".")), folder.resolve("kubeconfig"), bell);
        this.temporary = temporary;
        this.stage = new Stage(System.out, System.console() != null && System.console().isTerminal(), clock,
                bell);
        this.folder = folder;
        this.keep = keep;
    }

    /** The exit code of the whole demo. */
    public static int run(List<String> words) {
        var arguments = new Arguments(words, Set.of("--data"), Set.of("--keep"));
        try {
            var named = arguments.find("--data").map(Path::of);
            if (Tools.find("kubectl").isEmpty()) {
                throw new DemoException("kubectl is not on the PATH; the demo shows what you do with it");
            }
            var folder = named.isPresent() ? Files.createDirectories(named.get())
                    : Files.createTempDirectory("starling-demo-");
            new Demo(folder, named.isEmpty(), arguments.has("--keep")).play();
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** However the story ends, by an error or Ctrl-C too, the hook leaves nothing behind. */
    private void play() throws IOException {
        var stop = new Thread(this::cleanUp, "stop");
        Runtime.getRuntime().addShutdownHook(stop);
        stage.chapter(1, "Starling starts: one process is the API server, the store, the controllers and the pool");
        var log = folder.resolve("up.log");
        var up = List.of(tools.starlingCommand(), "up", "--data", folder.toString(), "--listen",
                "127.0.0.1:" + freePort());
        var started = tools.start(log, up);
        server = Optional.of(started);
        awaitStart(started, log);
        stage.line(Files.readString(log));
        try (var api = new HttpApi(Kubeconfig.read(folder.resolve("kubeconfig")).access());
                var world = new World(api, new ThreadDriver(clock), bell, String.join(" ", up))) {
            new Story(stage, tools, world, folder, clock).tell();
        }
        Runtime.getRuntime().removeShutdownHook(stop);
        end(started);
    }

    private void awaitStart(Process server, Path log) {
        try (var _ = new FolderBell(folder, bell)) {
            stage.until("the server is ready", PATIENCE, () -> {
                String text = read(log);
                if (!server.isAlive()) {
                    throw new DemoException("the server ended at once: " + text.strip());
                }
                return new Stage.Look(text.contains("pool is ready"), "starting");
            });
        }
    }

    private void end(Process started) {
        stage.chapter(7, keep ? "It goes on running" : "What the demo started is stopped and removed");
        if (keep) {
            stage.line("export KUBECONFIG=" + folder.resolve("kubeconfig"));
            stage.line("stop it with: " + (started.isAlive() ? "kill " + started.pid() + "; " : "")
                    + tools.starlingCommand() + " down --data " + folder);
            return;
        }
        cleanUp();
    }

    private void cleanUp() {
        boolean gone = server.map(this::stop).orElse(true);
        tools.stop();
        if (gone && temporary) {
            remove(folder);
        }
        stage.line(gone ? "stopped" : "the server that was started again in " + folder + " goes on");
    }

    /**
     * A server that does not stop in time is killed. What a killed server ran is taken down, unless somebody started
     * another server on it meanwhile.
     *
     * @return whether nothing runs any more
     */
    private boolean stop(Process started) {
        boolean killed = !started.isAlive();
        started.destroy();
        try {
            if (!started.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                killed = true;
                started.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !killed || takenDown();
    }

    private boolean takenDown() {
        try {
            tools.starling("down", "--data", folder.toString());
            return true;
        } catch (DemoException e) {
            LOG.log(Level.DEBUG, "not taken down", e);
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
