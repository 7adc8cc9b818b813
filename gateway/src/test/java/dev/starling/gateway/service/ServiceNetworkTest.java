package dev.starling.gateway.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.starling.gateway.service.VirtualAddress.Backend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules on a real kernel: a host and two pods, each a network namespace of its own, joined by routed pairs. */
final class ServiceNetworkTest {
    private static final String RANGE = "10.96.0.0/16";
    private static final String SERVICE = "10.96.0.7";
    private static final String TABLE = "starling_test";
    private static final Duration NONE = Duration.ZERO;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final RuleSet.Place PLACE = new RuleSet.Place(TABLE, RANGE, List.of());

    private final String host = "sth" + ProcessHandle.current().pid();
    private final List<String> pods = List.of(host + "a", host + "b");
    private final List<Process> servers = new ArrayList<>();
    private final KernelNetwork network = KernelNetwork.behind("ip", "netns", "exec", host);

    @TempDir
    Path folder;

    @BeforeEach
    void buildNetwork() throws IOException {
        assumeTrue(Files.isWritable(Path.of("/proc/sys/net/ipv4/ip_forward")) && runs("nft", "--version")
                && runs("busybox", "true"), "needs root, nft and busybox");
        ok("ip", "netns", "add", host);
        in(host, "ip", "link", "set", "lo", "up");
        in(host, "sysctl", "-qw", "net.ipv4.ip_forward=1");
        for (int i = 0; i < pods.size(); i++) {
            addPod(pods.get(i), "10.1.0." + (i + 2), i);
        }
        network.routeToHost(RANGE);
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
        Path www = Files.createDirectories(folder.resolve(pod));
        Files.writeString(www.resolve("name"), pod);
        serve(pod, www);
    }

    @AfterEach
    void removeNetwork() throws InterruptedException {
        for (var server : servers) {
            server.destroyForcibly().waitFor();
        }
        Stream.concat(pods.stream(), Stream.of(host)).forEach(name -> run("ip", "netns", "del", name));
    }

    @Test
    void reachesEveryReadyEndpointFromHostAndPods() {
        network.apply(rules(NONE, backend(0), backend(1)));
        for (String from : List.of(host, pods.get(0), pods.get(1))) {
            var seen = new TreeSet<String>();
            for (int i = 0; i < 40 && seen.size() < 2; i++) {
                seen.add(fetch(from));
            }
            assertEquals(new TreeSet<>(pods), seen, "from " + from);
        }
    }

    @Test
    void keepsAStickyClientOnOneEndpoint() {
        network.apply(rules(HOUR, backend(0), backend(1)));
        var seen = new TreeSet<String>();
        for (int i = 0; i < 12; i++) {
            seen.add(fetch(host));
        }
        assertEquals(1, seen.size());
    }

    @Test
    void keepsAStickyClientWhileOtherEndpointsComeAndGo() {
        network.apply(rules(HOUR, backend(0)));
        assertEquals(pods.getFirst(), fetch(host));
        network.apply(rules(HOUR, backend(0), backend(1)));
        for (int i = 0; i < 12; i++) {
            assertEquals(pods.getFirst(), fetch(host));
        }
        network.apply(rules(HOUR, backend(1)));
        assertEquals(pods.get(1), fetch(host), "its endpoint is gone");
        network.apply(rules(HOUR, backend(0), backend(1)));
        assertEquals(pods.get(1), fetch(host), "it stays where it is now");
    }

    @Test
    void letsAStickyClientGoAfterItsTime() {
        network.apply(rules(Duration.ofSeconds(1), backend(0)));
        assertEquals(pods.getFirst(), fetch(host));
        network.apply(rules(Duration.ofSeconds(1), backend(0), backend(1)));
        var deadline = Instant.now().plusSeconds(20);
        String clients = "clients_" + SERVICE + "_tcp_80_10.1.0.2_8080";
        while (in(host, "nft", "list", "set", "ip", TABLE, clients).contains("expires")
                && Instant.now().isBefore(deadline)) {
            Thread.onSpinWait();
        }
        assertFalse(in(host, "nft", "list", "set", "ip", TABLE, clients).contains("expires"));
    }

    @Test
    void takesAwayTheChainsAndSetsOfWhatIsGone() {
        network.apply(rules(HOUR, backend(0), backend(1)));
        network.apply(rules(NONE));
        assertEquals(RuleSet.parts(PLACE, List.of()), network.parts(TABLE));
    }

    @Test
    void killsAToolThatHangs() {
        var stuck = new KernelNetwork(List.of("sh", "-c", "sleep 60; true"), Duration.ofMillis(300));
        var before = Instant.now();
        var refusal = assertThrows(KernelNetwork.RefusedException.class, () -> stuck.apply("x".repeat(1 << 20)));
        assertTrue(Duration.between(before, Instant.now()).toSeconds() < 30, "it waited for the tool");
        assertTrue(refusal.getMessage().contains("killed, because it did not end within"), refusal.getMessage());
    }

    @Test
    void refusesAtOnceWhatHasNoReadyEndpoint() throws IOException {
        serve(host, Files.createDirectories(folder.resolve("host")));
        network.apply(rules(NONE));
        var before = Instant.now();
        assertNotEquals(0, get(pods.getFirst(), 8080).exit());
        assertTrue(Duration.between(before, Instant.now()).toSeconds() < 10, "it hung instead of being refused");
    }

    @Test
    void letsAPodReachItselfThroughItsService() {
        network.apply(rules(NONE, backend(0)));
        assertEquals(pods.getFirst(), fetch(pods.getFirst()));
    }

    @Test
    void takesAThousandServicesWithTheLongestNamesAndBothProtocols() {
        var owner = "n".repeat(63) + "/" + "s".repeat(63) + ":65535";
        var addresses = IntStream.range(0, 1_000).boxed().flatMap(i -> Stream.of("tcp", "udp").map(protocol ->
                new VirtualAddress(owner, "10.96." + (8 + i / 250) + "." + (1 + i % 250), protocol, 65_535, NONE,
                        List.of(backend(0), backend(1))))).toList();
        var before = Instant.now();
        network.apply(RuleSet.render(PLACE, addresses, Set.of()));
        assertTrue(Duration.between(before, Instant.now()).toSeconds() < 10, "a full table is replaced too slowly");
        network.apply(rules(NONE, backend(1)));
        assertEquals(pods.get(1), fetch(host));
    }

    @Test
    void leavesWhatWasAppliedInPlaceWhenATableIsRefused() {
        network.apply(rules(NONE, backend(0)));
        assertThrows(KernelNetwork.RefusedException.class, () -> network.apply(RuleSet.render(PLACE,
                List.of(new VirtualAddress("a/b:80", "10.96.0.999", "tcp", 80, NONE, List.of(backend(1)))),
                network.parts(TABLE))));
        assertEquals(pods.getFirst(), fetch(host));
    }

    @Test
    void leavesNothingBehind() {
        network.apply(rules(NONE, backend(0)));
        ServiceProxy.remove(new ServiceProxy.Settings(TABLE, RANGE, List.of()), network);
        assertEquals("", in(host, "nft", "list", "ruleset").strip());
        assertFalse(in(host, "ip", "route", "show", "table", "local").contains("10.96."));
        ServiceProxy.remove(new ServiceProxy.Settings(TABLE, RANGE, List.of()), network);
    }

    private static Backend backend(int pod) {
        return new Backend("10.1.0." + (pod + 2), 8080);
    }

    private String rules(Duration affinity, Backend... backends) {
        var address = new VirtualAddress("default/web:80", SERVICE, "tcp", 80, affinity, List.of(backends));
        return RuleSet.render(PLACE, List.of(address), network.parts(TABLE));
    }

    private String fetch(String from) {
        var answer = get(from, 80);
        assertEquals(0, answer.exit(), "from " + from + ": " + answer.output());
        return answer.output().lines().reduce("", (first, last) -> last);
    }

    private static Answer get(String from, int port) {
        String script = "exec 3<>/dev/tcp/" + SERVICE + "/" + port + " || exit 1; "
                + "printf 'GET /name HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3";
        return run("ip", "netns", "exec", from, "timeout", "20", "bash", "-c", script);
    }

    private void serve(String namespace, Path www) throws IOException {
        var server = new ProcessBuilder("ip", "netns", "exec", namespace, "busybox", "httpd", "-f", "-p", "8080",
                "-h", www.toString()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("httpd").toFile()).start();
        servers.add(server);
        var deadline = Instant.now().plusSeconds(10);
        while (!in(namespace, "ss", "-Htln").contains(":8080") && Instant.now().isBefore(deadline)) {
            Thread.onSpinWait();
        }
    }

    private record Answer(int exit, String output) {
    }

    private static boolean runs(String... command) {
        return run(command).exit() == 0;
    }

    private static String ok(String... command) {
        var answer = run(command);
        assertEquals(0, answer.exit(), String.join(" ", command) + ": " + answer.output());
        return answer.output();
    }

    private static String in(String namespace, String... command) {
        var prefix = Stream.of("ip", "netns", "exec", namespace);
        return ok(Stream.concat(prefix, Stream.of(command)).toArray(String[]::new));
    }

    private static Answer run(String... command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Answer(process.waitFor(), output);
        } catch (IOException e) {
            return new Answer(127, e.getMessage());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
