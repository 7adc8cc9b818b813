package dev.starling.node.cri;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.starling.node.runtime.Eventually;
import dev.starling.node.runtime.Image;
import dev.starling.node.runtime.ImagePullException;
import dev.starling.node.runtime.RegistryCredentials;
import dev.starling.node.runtime.SandboxSpec;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls from a real registry server on loopback. */
final class RegistryPullTest {
    private static final Path SERVER = Path.of("/usr/bin/docker-registry");

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void pullsDirectlyAndThroughAMirror() throws IOException, InterruptedException {
        RealMachine.required();
        assumeTrue(Files.isExecutable(SERVER), "docker-registry is not installed");
        int port = freePort();
        Process server = serve(port);
        String registry = "127.0.0.1:" + port;
        CriRuntime runtime = CriRuntime.open(new ContainerdSettings(folder.resolve("node"),
            List.of(new ContainerdSettings.Mirror("docker.io", "http://" + registry)), Optional.empty()));
        try {
            Eventually.holds("the registry listens", () -> listens(port));
            push(registry, "library/hello", "1");
            Image direct = runtime.images().pull(registry + "/library/hello:1", RegistryCredentials.ANONYMOUS);
            assertFalse(direct.imported());
            Image mirrored = runtime.images().pull("hello:1", RegistryCredentials.ANONYMOUS);
            assertEquals(direct.id(), mirrored.id());
            assertTrue(mirrored.references().contains("docker.io/library/hello:1"));
            String sandbox = runtime.createSandbox(SandboxSpec.named("pod")).id();
            String id = runtime.createContainer(sandbox, dev.starling.node.runtime.ContainerSpec.of("main", "hello:1",
                List.of("/bin/busybox", "true"), folder.resolve("main.log")));
            runtime.startContainer(id);
            ImagePullException absent = assertThrows(ImagePullException.class, () -> runtime.images()
                .pull(registry + "/library/absent:1", RegistryCredentials.ANONYMOUS));
            assertTrue(absent.getMessage().contains("not found"), absent.getMessage());
        } finally {
            runtime.shutdown();
            server.destroy();
            server.waitFor();
        }
        ImagePullException closed = assertThrows(ImagePullException.class, this::pullFromNobody);
        assertTrue(closed.getMessage().contains("connection refused"), closed.getMessage());
    }

    private void pullFromNobody() {
        CriRuntime runtime = CriRuntime.open(ContainerdSettings.in(folder.resolve("node")));
        try {
            runtime.images().pull("127.0.0.1:1/library/hello:1", RegistryCredentials.ANONYMOUS);
        } finally {
            runtime.shutdown();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private Process serve(int port) throws IOException {
        Path config = Files.writeString(folder.resolve("registry.yml"), """
            version: 0.1
            storage:
              filesystem:
                rootdirectory: %s
            http:
              addr: 127.0.0.1:%d
            """.formatted(folder.resolve("registry"), port));
        return new ProcessBuilder(SERVER.toString(), "serve", config.toString())
            .redirectErrorStream(true).redirectOutput(folder.resolve("registry.log").toFile()).start();
    }

    private void push(String registry, String name, String tag) throws IOException, InterruptedException {
        ImageArchive.Parts parts = RealMachine.image(registry + "/" + name + ":" + tag).parts();
        String base = "http://" + registry + "/v2/" + name;
        for (ImageArchive.Blob blob : parts.blobs()) {
            HttpResponse<String> begun = send(HttpRequest.newBuilder(URI.create(base + "/blobs/uploads/"))
                .POST(HttpRequest.BodyPublishers.noBody()), 202);
            String place = begun.headers().firstValue("Location").orElseThrow();
            String separator = place.contains("?") ? "&" : "?";
            send(HttpRequest.newBuilder(URI.create(place + separator + "digest=" + blob.digest()))
                .header("Content-Type", "application/octet-stream")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(blob.content())), 201);
        }
        send(HttpRequest.newBuilder(URI.create(base + "/manifests/" + tag))
            .header("Content-Type", "application/vnd.oci.image.manifest.v1+json")
            .PUT(HttpRequest.BodyPublishers.ofByteArray(parts.manifest().content())), 201);
    }

    private HttpResponse<String> send(HttpRequest.Builder request, int expected)
        throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(expected, response.statusCode(), response.body());
        return response;
    }
}
