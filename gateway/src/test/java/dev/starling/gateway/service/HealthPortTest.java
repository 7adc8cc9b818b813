package dev.starling.gateway.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.gateway.service.HealthPort.Health;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class HealthPortTest {
    private final LongAdder refused = new LongAdder();
    private int number;
    private HealthPort port;

    @BeforeEach
    void open() throws IOException {
        try (var free = new ServerSocket(0)) {
            number = free.getLocalPort();
        }
        port = new HealthPort(number, new Health("shop", "web", 2),
                (name, task) -> Thread.ofVirtual().name(name).start(task), refused);
    }

    @AfterEach
    void close() {
        port.close();
    }

    private Socket connected() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), number);
    }

    private String asked() throws IOException {
        try (var socket = connected()) {
            socket.getOutputStream().write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void tellsHowManyEndpointsAreHere() throws IOException {
        String answer = asked();
        assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
        assertTrue(answer.endsWith("\r\n\r\n{\"service\":{\"namespace\":\"shop\",\"name\":\"web\"},"
                + "\"localEndpoints\":2,\"serviceProxyHealthy\":true}\n"), answer);
        port.tell(new Health("shop", "web", 0));
        assertTrue(asked().startsWith("HTTP/1.1 503 Service Unavailable\r\n"));
    }

    @Test
    void hasNoMoreThanAFewSilentClients() throws IOException {
        var silent = new Socket[17];
        try {
            for (int i = 0; i < silent.length; i++) {
                silent[i] = connected();
                silent[i].getOutputStream().write("GET /healthz".getBytes(StandardCharsets.UTF_8));
            }
            for (var socket : silent) {
                socket.setSoTimeout(20_000);
                assertTrue(isLetGo(socket), "one is let go at once, and the others before long");
            }
            assertEquals(1, refused.sum());
        } finally {
            for (var socket : silent) {
                socket.close();
            }
        }
        assertTrue(asked().startsWith("HTTP/1.1 200 OK\r\n"));
    }

    /** Some hear an end, and some a reset, because what they sent was not read. */
    private static boolean isLetGo(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    @Test
    void sendsNoBodyWhereOnlyTheHeadIsWanted() throws IOException {
        try (var socket = connected()) {
            socket.getOutputStream().write("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n") && answer.endsWith("\r\n\r\n"), answer);
        }
    }

    @Test
    void isGoneOnceClosed() {
        port.close();
        assertThrows(ConnectException.class, this::asked);
    }

    @Test
    void countsReadyEndpointsOfItsNode() {
        var service = object("""
                kind: Service
                metadata: {name: web, namespace: shop}
                spec: {type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 30099}
                """);
        var slice = object("""
                kind: EndpointSlice
                metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
                endpoints:
                - {addresses: [10.1.0.2], nodeName: here}
                - {addresses: [10.1.0.3], nodeName: here, conditions: {ready: false}}
                - {addresses: [10.1.0.4], nodeName: there}
                """);
        assertEquals(Map.of(30_099, new Health("shop", "web", 1)),
                HealthPorts.wanted("here", List.of(service), List.of(slice, slice)));
        assertEquals(Map.of(), HealthPorts.wanted("here", List.of(service.with("NodePort", "spec", "type")),
                List.of(slice)));
    }

    private static KubeObject object(String yaml) {
        return KubeObject.of(Yaml.documents(yaml).getFirst().object());
    }

    @Test
    void aPortThatIsTakenCostsNothing() throws IOException {
        int before = descriptors();
        for (int i = 0; i < 20; i++) {
            assertThrows(IOException.class, () -> new HealthPort(number, new Health("shop", "web", 2),
                    (name, task) -> task.run(), refused));
        }
        assertTrue(descriptors() < before + 10, () -> "open files grew from " + before);
    }

    private static int descriptors() throws IOException {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return (int) open.count();
        }
    }
}
