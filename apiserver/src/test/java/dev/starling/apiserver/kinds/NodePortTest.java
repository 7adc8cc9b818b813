package dev.starling.apiserver.kinds;

import static dev.starling.apiserver.registry.Objects.json;
import static dev.starling.apiserver.registry.Objects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.Patch;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.net.PortRange;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Services of type NodePort and LoadBalancer have ports of the nodes of their own for as long as they need them. */
final class NodePortTest {
    private static final String HTTP = "'ports':[{'name':'http','port':80}]";
    private static final String LOCAL = "'type':'LoadBalancer','externalTrafficPolicy':'Local'," + HTTP;

    private final TestRegistry server = TestRegistry.inMemory();
    private final KubeApi api = server.api();

    @AfterEach
    void close() {
        server.close();
    }

    private static ObjectKey key(String name) {
        return Kinds.SERVICES.key("default", name);
    }

    private static KubeObject service(String name, String spec) {
        return object("{'apiVersion':'v1','kind':'Service','metadata':{'name':'" + name + "'},'spec':{" + spec + "}}");
    }

    private KubeObject made(String name, String spec) {
        return api.create(key(name), service(name, spec));
    }

    private KubeObject asked(String name, int port) {
        return made(name, "'type':'NodePort','ports':[{'port':80,'nodePort':" + port + "}]");
    }

    private KubeObject merged(String name, String patch) {
        return api.patch(key(name), new Patch.Merge(json(patch)));
    }

    private static int port(KubeObject service, int index) {
        return Exposure.nodePort(service.spec().array("ports").at(index).object());
    }

    private static String refusal(Executable write) {
        return assertThrows(ApiException.class, write).getMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "127.0.0.1", "169.254.169.254", "224.0.0.1", "::1", "fe80::1"})
    void addressesThatEveryMachineHasOfItsOwnAreNoneFromOutside(String address) {
        assertTrue(refusal(() -> made("a", "'externalIPs':['" + address + "']," + HTTP)).contains(
                "spec.externalIPs[0]: Invalid value: \"" + address + "\": may not be "));
    }

    @Test
    void everyPortGetsAPortOfTheNodes() {
        var service = made("a", "'type':'NodePort','ports':[{'name':'x','port':80},{'name':'y','port':81}]");
        assertTrue(port(service, 0) >= 30_000 && port(service, 0) <= 32_767, service.spec().toString());
        assertNotEquals(port(service, 0), port(service, 1));
        assertEquals("Cluster Cluster", service.spec().text("externalTrafficPolicy") + " "
                + service.spec().text("internalTrafficPolicy"));
        assertFalse(service.spec().has("allocateLoadBalancerNodePorts"));
    }

    @Test
    void servicesMadeTogetherGetDifferentPorts() throws InterruptedException {
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 50; i++) {
            String name = "s" + i;
            threads.add(Thread.ofVirtual().start(() -> made(name, "'type':'NodePort'," + HTTP)));
        }
        for (var thread : threads) {
            thread.join();
        }
        var ports = new HashSet<Integer>();
        api.list(ListQuery.in(Kinds.SERVICES, "default")).items().forEach(each -> ports.add(port(each, 0)));
        ports.remove(0);
        assertEquals(50, ports.size());
    }

    @Test
    void aPortIsItsOwnersUntilHeIsGone() {
        assertEquals(30_080, port(asked("a", 30_080), 0));
        assertEquals("Service \"b\" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already "
                + "allocated", refusal(() -> asked("b", 30_080)));
        api.delete(key("a"));
        asked("b", 30_080);
    }

    @Test
    void portsOutsideOfTheRangeAreRefused() {
        assertEquals("Service \"a\" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the "
                + "valid range. The range of valid ports is 30000-32767", refusal(() -> asked("a", 80)));
    }

    @Test
    void refusedAndTriedWritesTakeNoPort() {
        api.create(key("a"), service("a", "'type':'NodePort','ports':[{'port':80,'nodePort':30080}]"),
                new WriteOptions(true, "", WriteOptions.FieldValidation.WARN));
        assertThrows(ApiException.class, () -> asked("Bad", 30_080));
        asked("b", 30_080);
        refusal(() -> asked("b", 30_081));
        asked("c", 30_081);
    }

    @Test
    void takenPortsAreKnownAfterARestart() {
        asked("a", 30_080);
        try (var again = TestRegistry.over(server.store())) {
            refusal(() -> again.api().create(key("b"),
                    service("b", "'type':'NodePort','ports':[{'port':80,'nodePort':30080}]")));
        }
    }

    @Test
    void portsOfOneNumberShareOneOfTheNodes() {
        String two = "'ports':[{'name':'t','port':53,'protocol':'TCP'},{'name':'u','port':53,'protocol':'UDP'%s}]";
        var any = made("a", "'type':'NodePort'," + two.formatted(""));
        assertEquals(port(any, 0), port(any, 1));
        var named = made("b", "'type':'NodePort'," + two.formatted(",'nodePort':30053"));
        assertEquals("30053 30053", port(named, 0) + " " + port(named, 1));
        assertTrue(refusal(() -> made("c", "'type':'NodePort','ports':[{'name':'a','port':1,'nodePort':30001},"
                + "{'name':'b','port':2,'nodePort':30001}]")).endsWith(
                "spec.ports[1].nodePort: Duplicate value: 30001"));
    }

    @Test
    void updatesThatNameNoPortKeepIt() {
        int before = port(made("a", "'type':'NodePort'," + HTTP), 0);
        var replaced = api.update(key("a"), service("a", "'type':'NodePort','ports':[{'name':'new','port':8080},"
                + "{'name':'http','port':80}]"));
        assertEquals(before, port(replaced, 1));
        assertNotEquals(0, port(replaced, 0));
        assertEquals(before, port(merged("a", "{'spec':{'type':'LoadBalancer',"
                + "'ports':[{'name':'http','port':81}]}}"), 0));
        asked("b", port(replaced, 0));
    }

    @Test
    void aPortThatAnUpdateNamesReplacesTheOld() {
        asked("a", 30_080);
        assertEquals(30_081, port(merged("a", "{'spec':{'ports':[{'port':80,'nodePort':30081}]}}"), 0));
        asked("b", 30_080);
        assertTrue(refusal(() -> merged("a", "{'spec':{'ports':[{'port':80,'nodePort':30080}]}}"))
                .endsWith("provided port is already allocated"));
        refusal(() -> asked("c", 30_081));
    }

    @Test
    void aServiceThatNeedsNoPortsAnyMoreGivesThemBack() {
        made("a", "'type':'LoadBalancer','loadBalancerClass':'x.y/z','externalTrafficPolicy':'Local',"
                + "'healthCheckNodePort':30099,'ports':[{'port':80,'nodePort':30080}]");
        api.patch(key("a").sub("status"), new Patch.Merge(
                json("{'status':{'loadBalancer':{'ingress':[{'ip':'192.0.2.7'}]}}}")));
        assertEquals("VIP", api.get(key("a")).status().array("loadBalancer", "ingress").at(0).object().text("ipMode"));
        var after = merged("a", "{'spec':{'type':'ClusterIP'}}");
        for (String gone : List.of("externalTrafficPolicy", "healthCheckNodePort", "allocateLoadBalancerNodePorts",
                "loadBalancerClass")) {
            assertFalse(after.spec().has(gone), gone);
        }
        assertEquals(0, port(after, 0));
        assertTrue(after.status().object("loadBalancer").isEmpty());
        asked("b", 30_080);
        asked("c", 30_099);
        assertTrue(refusal(() -> merged("b", "{'spec':{'type':'ClusterIP','ports':[{'port':80,'nodePort':30081}]}}"))
                .endsWith("spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"));
    }

    @Test
    void balancersThatWantNoPortsGetOnlyThoseTheyName() {
        var service = made("a", "'type':'LoadBalancer','allocateLoadBalancerNodePorts':false,"
                + "'ports':[{'name':'a','port':1},{'name':'b','port':2,'nodePort':30002}]");
        assertEquals("0 30002", port(service, 0) + " " + port(service, 1));
        assertNotEquals(0, port(merged("a", "{'spec':{'allocateLoadBalancerNodePorts':true}}"), 0));
    }

    @Test
    void localBalancersHaveAPortForTheirHealth() {
        var service = made("a", LOCAL);
        int health = Exposure.healthPort(service);
        assertTrue(health >= 30_000 && health != port(service, 0), service.spec().toString());
        assertEquals(health, Exposure.healthPort(api.update(key("a"), service("a", LOCAL))));
        assertTrue(refusal(() -> merged("a", "{'spec':{'healthCheckNodePort':30001}}"))
                .endsWith("spec.healthCheckNodePort: Forbidden: field is immutable"));
        assertEquals("Internal error occurred: failed to allocate requested HealthCheck NodePort " + health
                + ": provided port is already allocated", refusal(() -> made("b", LOCAL + ",'healthCheckNodePort':"
                + health)));
        assertTrue(refusal(() -> merged("a", "{'spec':{'ports':[{'port':80,'nodePort':" + health + "}]}}"))
                .endsWith("provided port is already allocated"));
        assertEquals(0, Exposure.healthPort(merged("a", "{'spec':{'externalTrafficPolicy':'Cluster'}}")));
        asked("c", health);
    }

    @Test
    void whatDoesNotFitTheTypeIsRefused() {
        String balanced = "may only be used when `type` is 'LoadBalancer'";
        assertTrue(refusal(() -> made("a", HTTP + ",'loadBalancerClass':'x'")).endsWith(
                "spec.loadBalancerClass: Forbidden: " + balanced));
        assertTrue(refusal(() -> made("a", HTTP + ",'allocateLoadBalancerNodePorts':true")).endsWith(
                "spec.allocateLoadBalancerNodePorts: Forbidden: " + balanced));
        assertTrue(refusal(() -> made("a", HTTP + ",'loadBalancerSourceRanges':['10.0.0.0/8']")).endsWith(
                "spec.LoadBalancerSourceRanges: Forbidden: " + balanced));
        assertTrue(refusal(() -> made("a", HTTP + ",'externalTrafficPolicy':'Local'")).endsWith("spec."
                + "externalTrafficPolicy: Invalid value: \"Local\": may only be set for externally-accessible "
                + "services"));
        assertTrue(refusal(() -> made("a", "'type':'LoadBalancer','loadBalancerSourceRanges':['10.0.0.0/33'],"
                + HTTP)).contains("spec.LoadBalancerSourceRanges[0]: Invalid value: \"10.0.0.0/33\": must be a valid "
                + "CIDR value"));
        made("a", "'type':'LoadBalancer','loadBalancerClass':'x'," + HTTP);
        assertTrue(refusal(() -> merged("a", "{'spec':{'loadBalancerClass':'y'}}")).endsWith(
                "spec.loadBalancerClass: Invalid value: \"y\": may not change once set"));
        made("b", HTTP);
        assertTrue(refusal(() -> api.patch(key("b").sub("status"), new Patch.Merge(json("{'status':{'loadBalancer':"
                + "{'ingress':[{'ip':'192.0.2.7'}]}}}")))).endsWith("status.loadBalancer.ingress: Forbidden: may only "
                + "be used when `spec.type` is 'LoadBalancer'"));
    }

    /** Writers tell of their commits on their own threads, so that the telling may be late. */
    @Test
    void countsCommitsInWhateverOrderTheyAreTold() {
        var ports = new NodePorts(new PortRange(30_000, 30_001), new Random(1), List.of());
        assertTrue(ports.reserve("one", 30_000));
        ports.committed("one", Set.of(30_000), Set.of());
        ports.committed("one", Set.of(), Set.of(30_000));
        ports.settle("one", 30_000);
        assertTrue(ports.reserve("two", 30_000), "the owner was deleted");
        ports.committed("two", Set.of(), Set.of(30_000));
        ports.settle("two", 30_000);
        assertTrue(ports.reserve("two", 30_000));
        ports.committed("two", Set.of(), Set.of(30_000));
        ports.committed("two", Set.of(30_000), Set.of());
        ports.settle("two", 30_000);
        assertFalse(ports.reserve("three", 30_000), "the owner took it again");
    }

    @Test
    void givesEveryPortOfTheRange() {
        var ports = new NodePorts(new PortRange(30_000, 30_099), new Random(1), List.of());
        var given = new HashSet<Integer>();
        for (int i = 0; i < 84; i++) {
            given.add(ports.reserve("s").orElseThrow());
        }
        assertTrue(given.stream().allMatch(port -> port >= 30_016), "the lowest are for those who name one");
        for (int i = 0; i < 16; i++) {
            given.add(ports.reserve("s").orElseThrow());
        }
        assertEquals(100, given.size());
        assertTrue(ports.reserve("s").isEmpty());
    }
}
