package dev.starling.bench;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.http.ClusterAccess;
import dev.starling.kube.http.HttpApi;
import dev.starling.kube.http.Kubeconfig;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ObjectKey;
import dev.starling.node.host.InstanceNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server that was started as a user starts it; ends with its pods when closed. */
final class Server implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration STOP = Duration.ofSeconds(90);
    private static final String NODE = "starling-virtual-0";

    private final Path folder;
    private final Process process;
    private final int port;
    private final long startMs;
    private final long startCpuMs;

    /**
     * Returns once {@code /readyz} answers.
     *
     * @param options of {@code starling up}, beside the folder and the port
     */
    Server(Path home, Path folder, List<String> options) {
        this.folder = folder;
        this.port = freePort();
        long begun = System.nanoTime();
        this.process = start(home, folder, options);
        try (var anyone = new HttpApi(new ClusterAccess(URI.create("https://127.0.0.1:" + port), "", "", "", "", true,
                ""))) {
            Patience.until("the port is open", START, () -> alive() && accepts());
            Patience.until("/readyz answers", START, () -> alive() && ready(anyone));
            startMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            startCpuMs = Processes.cpuMs(List.of(process.pid()));
            Patience.until("the kubeconfig is written", START, () -> alive() && names(kubeconfig(), ":" + port));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new BenchException("there is no free port: " + e.getMessage());
        }
    }

    private Process start(Path home, Path data, List<String> options) {
        var command = new ArrayList<>(List.of(home.resolve("starling").toString(), "up", "--data", data.toString(),
                "--listen", "127.0.0.1:" + port));
        command.addAll(options);
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log().toFile()).start();
        } catch (IOException e) {
            throw new BenchException("the server can't be started: " + e.getMessage());
        }
    }

    private Path log() {
        return folder.resolveSibling("server.log");
    }

    private boolean alive() {
        if (process.isAlive()) {
            return true;
        }
        throw new BenchException("the server ended: " + logged());
    }

    private String logged() {
        try {
            return Files.readString(log()).strip();
        } catch (IOException e) {
            return "and its log can't be read: " + e.getMessage();
        }
    }

    private boolean accepts() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false; // not yet
        }
    }

    private static boolean names(Path file, String text) {
        try {
            return Files.exists(file) && Files.readString(file).contains(text);
        } catch (IOException e) {
            throw new BenchException(file + " can't be read: " + e.getMessage());
        }
    }

    private static boolean ready(HttpApi api) {
        try {
            return api.text("/readyz").startsWith("ok");
        } catch (ApiException e) {
            return false; // not yet
        }
    }

    /** From the command to the answer of {@code /readyz}, the launcher's own time included. */
    long startMs() {
        return startMs;
    }

    /** The processor time that this took. */
    long startCpuMs() {
        return startCpuMs;
    }

    /** As its administrator. */
    HttpApi api() {
        return new HttpApi(access());
    }

    ClusterAccess access() {
        return Kubeconfig.read(kubeconfig()).access();
    }

    /** A sum of the server's own counters of this name. */
    double metric(HttpApi api, String name) {
        return api.text("/metrics").lines().filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    Path kubeconfig() {
        return folder.resolve("kubeconfig");
    }

    /** Until pods can be placed. */
    void awaitPool(HttpApi api) {
        Patience.until("the node is ready", START, () -> alive() && nodeReady(api));
    }

    private static boolean nodeReady(HttpApi api) {
        try {
            var node = api.get(new ObjectKey(Kinds.NODES, "", NODE, ""));
            return node.status().array("conditions").objects().stream()
                    .anyMatch(c -> c.text("type").equals("Ready") && c.text("status").equals("True"));
        } catch (ApiException e) {
            return false; // not yet
        }
    }

    List<Long> jvm() {
        return List.of(process.pid());
    }

    List<Long> containerd() {
        return Processes.running("containerd", InstanceNames.of(folder).key());
    }

    List<Long> shims() {
        return Processes.running("containerd-shim-runc-v2", InstanceNames.of(folder).key());
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new BenchException("the server did not stop: " + logged());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
