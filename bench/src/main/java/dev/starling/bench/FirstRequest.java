package dev.starling.bench;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** From {@code kubectl apply} of a Deployment and a Service until the Service's address serves a request. */
final class FirstRequest {
    private static final Duration MOST = Duration.ofSeconds(60);
    private static final int ANSWER_MS = 100;
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nHost: nginx\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final KubeApi api;
    private final Path kubeconfig;
    private final Path manifest;

    FirstRequest(KubeApi api, Path kubeconfig, Path scratch) {
        this.api = api;
        this.kubeconfig = kubeconfig;
        this.manifest = scratch.resolve("web.yaml");
        try (InputStream in = FirstRequest.class.getResourceAsStream("web.yaml")) {
            if (in == null) {
                throw new IllegalStateException("web.yaml is missing");
            }
            Files.write(manifest, in.readAllBytes());
        } catch (IOException e) {
            throw new BenchException("web.yaml can't be written: " + e.getMessage());
        }
    }

    /** Milliseconds; everything is deleted again before it returns. */
    long measure() {
        long begun = System.nanoTime();
        var kubectl = kubectl("apply");
        Patience.until("the Service has an address", MOST, () -> address().isPresent());
        var target = new InetSocketAddress(address().orElseThrow(), 80);
        Patience.until("the Service serves", MOST, () -> serves(target));
        long time = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        end(kubectl);
        end(kubectl("delete"));
        Patience.until("the pods are gone", MOST,
                () -> api.list(ListQuery.in(Kinds.PODS, "default")).items().isEmpty());
        return time;
    }

    private Process kubectl(String verb) {
        try {
            return new ProcessBuilder("kubectl", "--kubeconfig", kubeconfig.toString(), verb, "-f",
                    manifest.toString()).redirectErrorStream(true)
                    .redirectOutput(manifest.resolveSibling("kubectl.log").toFile()).start();
        } catch (IOException e) {
            throw new BenchException("kubectl can't be run: " + e.getMessage());
        }
    }

    private static void end(Process process) {
        try {
            if (process.waitFor() != 0) {
                throw new BenchException("kubectl failed with exit code " + process.exitValue());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private Optional<String> address() {
        try {
            return Optional.of(api.get(new ObjectKey(Kinds.SERVICES, "default", "nginx", "")).spec().text("clusterIP"))
                    .filter(text -> !text.isEmpty());
        } catch (ApiException e) {
            return Optional.empty(); // not yet
        }
    }

    private static boolean serves(InetSocketAddress target) {
        try (var socket = new Socket()) {
            socket.setSoTimeout(ANSWER_MS);
            socket.connect(target, ANSWER_MS);
            socket.getOutputStream().write(REQUEST);
            var head = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
            return new String(head, StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
        } catch (IOException e) {
            return false; // not yet
        }
    }
}
