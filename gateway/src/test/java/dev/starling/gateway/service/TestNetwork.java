package dev.starling.gateway.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A host, two pods that serve their names at port 8080, a client on the host's network, and a server beyond it that
 * knows its neighbours only: each a network namespace of its own.
 */
final class TestNetwork {
    static final String HOST_ADDRESS = "192.0.2.1";
    static final String CLIENT_ADDRESS = "192.0.2.9";
    static final String FAR_ADDRESS = "203.0.113.10";

    private final String host = "sth" + ProcessHandle.current().pid();
    private final List<String> pods = List.of(host + "a", host + "b");
    private final List<Process> servers = new ArrayList<>();
    private final Path folder;

    record Answer(int exit, String output) {
    }

    static void assumeTools() {
        assumeTrue(Files.isWritable(Path.of("/proc/sys/net/ipv4/ip_forward"))
                && run("nft", "--version").exit() == 0 && run("busybox", "true").exit() == 0,
                "needs root, nft and busybox");
    }

    TestNetwork(Path folder) throws IOException {
        this.folder = folder;
        ok("ip", "netns", "add", host);
        in(host, "ip", "link", "set", "lo", "up");
        in(host, "sysctl", "-qw", "net.ipv4.ip_forward=1");
        for (int i = 0; i < pods.size(); i++) {
            addPod(pods.get(i), "10.1.0." + (i + 2), i);
        }
    }

    String host() {
        return host;
    }

    List<String> pods() {
        return pods;
    }

    String client() {
        return host + "c";
    }

    String far() {
        return host + "f";
    }

    KernelNetwork kernel() {
        return KernelNetwork.behind("ip", "netns", "exec", host);
    }

    private void addPod(String pod, String address, int number) throws IOException {
        ok("ip", "netns", "add", pod);
        ok("ip", "-n", host, "link", "add", "p" + number, "type", "veth", "peer", "name", "eth0", "netns", pod);
        in(host, "ip", "addr", "add", "169.254.1.1/32", "dev", "p" + number);
        in(host, "ip", "link", "set", "p" + number, "up");
        in(host, "ip", "route", "add", address, "dev", "p" + number);
        in(pod, "ip", "link", "set", "lo", "up");
        in(pod, "ip", "addr", "add", address + "/32", "dev", "eth0");
        in(pod, "ip", "link", "set", "eth0", "up");
        in(pod, "ip", "route", "add", "169.254.1.1", "dev", "eth0");
        in(pod, "ip", "route", "add", "default", "via", "169.254.1.1");
        serve(pod, 8080);
    }

    /** Adds a client, which reaches all else by way of the host, and the server that does not. */
    void addOutside() throws IOException {
        addNeighbour(client(), "n0", HOST_ADDRESS, CLIENT_ADDRESS);
        in(client(), "ip", "route", "add", "default", "via", HOST_ADDRESS);
        addNeighbour(far(), "n1", "203.0.113.1", FAR_ADDRESS);
        serve(far(), 8080);
    }

    private void addNeighbour(String name, String link, String here, String there) {
        ok("ip", "netns", "add", name);
        ok("ip", "-n", host, "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", name);
        in(host, "ip", "addr", "add", here + "/24", "dev", link);
        in(host, "ip", "link", "set", link, "up");
        in(name, "ip", "link", "set", "lo", "up");
        in(name, "ip", "addr", "add", there + "/24", "dev", "eth0");
        in(name, "ip", "link", "set", "eth0", "up");
    }

    /** Has a namespace answer its name, and at {@code /cgi-bin/client} who asks. */
    void serve(String namespace, int port) throws IOException {
        Path www = Files.createDirectories(folder.resolve(namespace));
        Files.writeString(www.resolve("name"), namespace);
        Path script = Files.createDirectories(www.resolve("cgi-bin")).resolve("client");
        Files.writeString(script, "#!/bin/sh\necho\necho \"$REMOTE_ADDR\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        var server = new ProcessBuilder("ip", "netns", "exec", namespace, "busybox", "httpd", "-f", "-p",
                Integer.toString(port), "-h", www.toString()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("httpd").toFile()).start();
        servers.add(server);
        var deadline = Instant.now().plusSeconds(10);
        while (!in(namespace, "ss", "-Htln").contains(":" + port) && Instant.now().isBefore(deadline)) {
            Thread.onSpinWait();
        }
    }

    /** The name of who answers at an address. */
    String fetch(String from, String address, int port) {
        return last(from, get(from, address, port));
    }

    /** As whom an address is reached. */
    String clientSeen(String from, String address, int port) {
        return last(from, get(from, address + "/" + port, "/cgi-bin/client", 20));
    }

    private static String last(String from, Answer answer) {
        assertEquals(0, answer.exit(), "from " + from + ": " + answer.output());
        return answer.output().lines().reduce("", (first, last) -> last);
    }

    Answer get(String from, String address, int port) {
        return get(from, address + "/" + port, "/name", 20);
    }

    /** Not the name, if nobody answers within a second. */
    Answer tryShortly(String from, String address, int port) {
        return get(from, address + "/" + port, "/name", 1);
    }

    private static Answer get(String from, String place, String path, int seconds) {
        String script = "exec 3<>/dev/tcp/" + place + " || exit 1; "
                + "printf 'GET " + path + " HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3";
        return run("ip", "netns", "exec", from, "timeout", Integer.toString(seconds), "bash", "-c", script);
    }

    void close() throws InterruptedException {
        for (var server : servers) {
            server.destroyForcibly().waitFor();
        }
        Stream.concat(pods.stream(), Stream.of(client(), far(), host))
                .forEach(name -> run("ip", "netns", "del", name));
    }

    static String in(String namespace, String... command) {
        var prefix = Stream.of("ip", "netns", "exec", namespace);
        return ok(Stream.concat(prefix, Stream.of(command)).toArray(String[]::new));
    }

    private static String ok(String... command) {
        var answer = run(command);
        assertEquals(0, answer.exit(), String.join(" ", command) + ": " + answer.output());
        return answer.output();
    }

    private static Answer run(String... command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Answer(process.waitFor(), output);
        } catch (IOException e) {
            return new Answer(127, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
