package dev.starling.gateway.service;

import static dev.starling.gateway.service.TestNetwork.in;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.gateway.service.VirtualAddress.Backend;
import dev.starling.kube.net.AddressRange;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
    private static final String BALANCED = "198.51.100.0/28";
    private static final String SERVICE = "10.96.0.7";
    private static final String TABLE = "starling_test";
    private static final Duration NONE = Duration.ZERO;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final RuleSet.Place PLACE = new RuleSet.Place(TABLE, List.of(RANGE, BALANCED),
            AddressRange.parse("10.1.0.0/16"), List.of("192.0.2.1"));

    private static final ServiceProxy.Settings SETTINGS =
            new ServiceProxy.Settings(TABLE, RANGE, Optional.of(AddressRange.parse(BALANCED)));

    @TempDir
    Path folder;

    private TestNetwork net;
    private String host;
    private List<String> pods;
    private KernelNetwork network;

    @BeforeEach
    void buildNetwork() throws IOException {
        TestNetwork.assumeTools();
        net = new TestNetwork(folder);
        host = net.host();
        pods = net.pods();
        network = net.kernel();
        network.routeToHost(RANGE);
    }

    @AfterEach
    void removeNetwork() throws InterruptedException {
        net.close();
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
        net.serve(host, 8080);
        network.apply(rules(NONE));
        var before = Instant.now();
        assertNotEquals(0, net.get(pods.getFirst(), SERVICE, 8080).exit());
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
        ServiceProxy.remove(SETTINGS, network);
        assertEquals("", in(host, "nft", "list", "ruleset").strip());
        assertFalse(in(host, "ip", "route", "show", "table", "local").contains("10.96."));
        ServiceProxy.remove(SETTINGS, network);
    }

    private static Backend backend(int pod) {
        return new Backend("10.1.0." + (pod + 2), 8080);
    }

    private String rules(Duration affinity, Backend... backends) {
        var address = new VirtualAddress("default/web:80", SERVICE, "tcp", 80, affinity, List.of(backends));
        return RuleSet.render(PLACE, List.of(address), network.parts(TABLE));
    }

    private String fetch(String from) {
        return net.fetch(from, SERVICE, 80);
    }
}
