package dev.starling.gateway.service;

import static dev.starling.gateway.service.TestNetwork.CLIENT_ADDRESS;
import static dev.starling.gateway.service.TestNetwork.FAR_ADDRESS;
import static dev.starling.gateway.service.TestNetwork.HOST_ADDRESS;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ports of the node and addresses of balancers, as the host, its pods and machines of its network reach them. */
final class NodePortNetworkTest {
    private static final String RANGE = "10.96.0.0/16";
    private static final String BALANCED = "198.51.100.0/28";
    private static final String BALANCER = "198.51.100.3";
    private static final String TABLE = "starling_test";
    private static final int PORT = 30_080;
    private static final Backend POD = new Backend("10.1.0.2", 8080);
    private static final Backend FAR = new Backend(FAR_ADDRESS, 8080);

    @TempDir
    Path folder;

    private TestNetwork net;

    @BeforeEach
    void buildNetwork() throws IOException {
        TestNetwork.assumeTools();
        net = new TestNetwork(folder);
        net.addOutside();
        net.kernel().routeToHost(RANGE);
        net.kernel().routeToHost(BALANCED);
    }

    @AfterEach
    void removeNetwork() throws InterruptedException {
        net.close();
    }

    private void serve(Duration affinity, Backend... backends) {
        apply(new VirtualAddress("default/web:80", "", "tcp", PORT, affinity, List.of(backends)));
    }

    private void balance(String... sources) {
        apply(new VirtualAddress("default/web:80", BALANCER, "tcp", 80, Duration.ZERO, List.of(POD),
                List.of(sources).stream().map(AddressRange::parse).toList()));
    }

    private void external(String address, Backend... backends) {
        apply(new VirtualAddress("default/web:80", address, "tcp", 80, Duration.ZERO, List.of(backends)).asExternal());
    }

    private void apply(VirtualAddress address) {
        var kernel = net.kernel();
        var place = new RuleSet.Place(TABLE, List.of(RANGE, BALANCED), AddressRange.parse("10.1.0.0/16"),
                kernel.hostAddresses());
        kernel.apply(RuleSet.render(place, List.of(address), kernel.parts(TABLE)));
    }

    @Test
    void servesAPortOnTheHostsAddresses() {
        serve(Duration.ZERO, POD);
        String pod = net.pods().getFirst();
        for (String from : List.of(net.host(), pod, net.pods().get(1), net.client())) {
            assertEquals(pod, net.fetch(from, HOST_ADDRESS, PORT), "from " + from);
        }
        assertEquals(pod, net.fetch(net.client(), "203.0.113.1", PORT));
        assertTrue(net.clientSeen(net.client(), HOST_ADDRESS, PORT).contains(CLIENT_ADDRESS));
    }

    @Test
    void leavesTheLoopbackToTheHost() throws IOException {
        serve(Duration.ZERO, POD);
        net.serve(net.host(), PORT);
        assertEquals(net.host(), net.fetch(net.host(), "127.0.0.1", PORT));
        assertEquals(net.pods().getFirst(), net.fetch(net.host(), HOST_ADDRESS, PORT));
    }

    @Test
    void keepsAStickyClientOfAPortOnOneEndpoint() {
        serve(Duration.ofHours(1), POD, new Backend("10.1.0.3", 8080));
        String first = net.fetch(net.client(), HOST_ADDRESS, PORT);
        for (int i = 0; i < 12; i++) {
            assertEquals(first, net.fetch(net.client(), HOST_ADDRESS, PORT));
        }
    }

    @Test
    void refusesAtOnceAPortWithoutEndpointsWhateverListensThere() throws IOException {
        net.serve(net.host(), PORT);
        serve(Duration.ZERO);
        var before = Instant.now();
        for (String from : List.of(net.client(), net.pods().getFirst(), net.host())) {
            assertNotEquals(0, net.get(from, HOST_ADDRESS, PORT).exit(), "from " + from);
        }
        assertTrue(Duration.between(before, Instant.now()).toSeconds() < 10, "it hung instead of being refused");
    }

    @Test
    void letsEndpointsElsewhereAnswerByWayOfTheHost() {
        serve(Duration.ZERO, FAR);
        assertEquals(net.far(), net.fetch(net.client(), HOST_ADDRESS, PORT));
        assertEquals(net.far(), net.fetch(net.host(), HOST_ADDRESS, PORT));
        assertTrue(net.clientSeen(net.client(), HOST_ADDRESS, PORT).contains("203.0.113.1"));
    }

    @Test
    void servesTheAddressOfABalancer() {
        balance();
        String pod = net.pods().getFirst();
        for (String from : List.of(net.host(), pod, net.pods().get(1), net.client())) {
            assertEquals(pod, net.fetch(from, BALANCER, 80), "from " + from);
        }
        assertNotEquals(0, net.get(net.client(), "198.51.100.4", 80).exit(), "an address that nobody has");
    }

    /** An address that is routed to the host by others, and is nobody's there; and one that is the host's own. */
    @ParameterizedTest
    @ValueSource(strings = {"198.18.0.7", HOST_ADDRESS})
    void servesAnAddressOfOthersThatLeadsHere(String address) {
        TestNetwork.in(net.host(), "ip", "route", "add", "default", "via", CLIENT_ADDRESS);
        String pod = net.pods().getFirst();
        external(address, POD);
        for (String from : List.of(net.host(), pod, net.pods().get(1), net.client())) {
            assertEquals(pod, net.fetch(from, address, 80), "from " + from);
        }
        assertTrue(net.clientSeen(net.client(), address, 80).contains(CLIENT_ADDRESS));
        assertNotEquals(0, net.tryShortly(net.client(), address, 81).exit(), "another port of it");
        external(address, FAR);
        assertEquals(net.far(), net.fetch(net.client(), address, 80));
    }

    @Test
    void refusesAtOnceAnAddressOfOthersWithoutEndpoints() {
        TestNetwork.in(net.host(), "ip", "route", "add", "default", "via", "203.0.113.9");
        external("198.18.0.7");
        var before = Instant.now();
        for (String from : List.of(net.client(), net.pods().getFirst(), net.host())) {
            assertNotEquals(0, net.get(from, "198.18.0.7", 80).exit(), "from " + from);
        }
        assertTrue(Duration.between(before, Instant.now()).toSeconds() < 10, "it hung instead of being refused");
    }

    @Test
    void letsOnlyNamedSourcesInToABalancer() {
        balance("192.0.2.8/29");
        assertEquals(net.pods().getFirst(), net.fetch(net.client(), BALANCER, 80));
        balance("203.0.113.0/24", "10.0.0.0/8");
        assertNotEquals(0, net.tryShortly(net.client(), BALANCER, 80).exit());
        assertEquals(net.pods().getFirst(), net.fetch(net.host(), BALANCER, 80));
        assertEquals(net.pods().getFirst(), net.fetch(net.pods().get(1), BALANCER, 80));
    }

    @Test
    void knowsTheAddressesOfItsHost() {
        assertEquals(List.of("169.254.1.1", HOST_ADDRESS, "203.0.113.1"), net.kernel().hostAddresses());
    }

    @Test
    void claimsARangeThatIsFree() {
        var balanced = Optional.of(AddressRange.parse(BALANCED));
        var refusal = assertThrows(KernelNetwork.RefusedException.class,
                () -> ServiceProxy.claim(balanced, Optional.empty(), net.kernel()));
        assertTrue(refusal.getMessage().contains("this machine has addresses in it: local 198.51.100.0/28 dev lo"),
                refusal.getMessage());
        ServiceProxy.claim(balanced, balanced, net.kernel());
        ServiceProxy.claim(Optional.empty(), balanced, net.kernel());
        ServiceProxy.claim(balanced, Optional.empty(), net.kernel());
        assertThrows(KernelNetwork.RefusedException.class, () -> ServiceProxy.claim(
                Optional.of(AddressRange.parse("192.0.2.0/28")), Optional.empty(), net.kernel()));
    }
}
