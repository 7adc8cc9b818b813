package dev.starling.apiserver.kinds;

import static dev.starling.apiserver.registry.Objects.json;
import static dev.starling.apiserver.registry.Objects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.Patch;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.net.AddressRange;
import dev.starling.kube.net.PortRange;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** Each service has an address of its own for as long as it lives. */
final class ServiceAddressTest {
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
        return object("{'apiVersion':'v1','kind':'Service','metadata':{'name':'" + name + "'},'spec':{"
                + "'ports':[{'port':80}]" + (spec.isEmpty() ? "" : "," + spec) + "}}");
    }

    private KubeObject made(String name, String spec) {
        return api.create(key(name), service(name, spec));
    }

    private static String address(KubeObject service) {
        return service.spec().text("clusterIP");
    }

    @Test
    void theServiceOfTheServerHasTheFirstAddress() {
        var service = api.get(key("kubernetes"));
        assertEquals("10.96.0.1", address(service));
        var slice = api.get(Kinds.ENDPOINT_SLICES.key("default", "kubernetes"));
        assertEquals("192.0.2.1", slice.tree().array("endpoints").at(0).object().array("addresses").at(0).text());
    }

    @Test
    void everyServiceGetsAnAddress() {
        var service = made("a", "");
        assertTrue(address(service).matches("10\\.96\\.0\\.[0-9]+"), address(service));
        assertEquals(List.of(address(service)), service.spec().array("clusterIPs").texts());
        assertEquals(List.of("IPv4"), service.spec().array("ipFamilies").texts());
        assertEquals("SingleStack", service.spec().text("ipFamilyPolicy"));
        assertEquals("ClusterIP", service.spec().text("type"));
    }

    @Test
    void servicesMadeTogetherGetDifferentAddresses() throws InterruptedException {
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 50; i++) {
            String name = "s" + i;
            threads.add(Thread.ofVirtual().start(() -> made(name, "")));
        }
        for (var thread : threads) {
            thread.join();
        }
        var addresses = new HashSet<String>();
        api.list(ListQuery.in(Kinds.SERVICES, "default")).items().forEach(each -> addresses.add(address(each)));
        assertEquals(51, addresses.size());
    }

    @Test
    void anAddressIsFreeAgainOnceItsServiceIsGone() {
        made("a", "'clusterIP':'10.96.0.77'");
        var refusal = assertThrows(ApiException.class, () -> made("b", "'clusterIP':'10.96.0.77'"));
        assertEquals("Service \"b\" is invalid: spec.clusterIPs: Invalid value: [\"10.96.0.77\"]: failed to allocate "
                + "IP 10.96.0.77: provided IP is already allocated", refusal.getMessage());
        api.delete(key("a"));
        assertEquals("10.96.0.77", address(made("b", "'clusterIP':'10.96.0.77'")));
    }

    @Test
    void refusedAndTriedWritesTakeNoAddress() {
        api.create(key("a"), service("a", "'clusterIP':'10.96.0.77'"),
                new WriteOptions(true, "", WriteOptions.FieldValidation.WARN));
        assertThrows(ApiException.class, () -> made("Bad", "'clusterIP':'10.96.0.77'"));
        made("b", "'clusterIP':'10.96.0.77'");
    }

    @Test
    void addressesOutsideOfTheRangeAreRefused() {
        var refusal = assertThrows(ApiException.class, () -> made("a", "'clusterIP':'10.97.0.1'"));
        assertTrue(refusal.getMessage().endsWith("the provided IP (10.97.0.1) is not in the valid range. "
                + "The range of valid IPs is 10.96.0.0/24"), refusal.getMessage());
    }

    @Test
    void takenAddressesAreKnownAfterARestart() {
        var before = made("a", "");
        try (var again = TestRegistry.over(server.store())) {
            assertThrows(ApiException.class, () -> again.api().create(key("b"),
                    service("b", "'clusterIP':'" + address(before) + "'")));
        }
    }

    @Test
    void updatesKeepTheAddress() {
        var before = made("a", "");
        var updated = api.update(key("a"), service("a", "'selector':{'a':'b'}"));
        assertEquals(address(before), address(updated));
        var refusal = assertThrows(ApiException.class, () -> api.patch(key("a"),
                new Patch.Merge(json("{'spec':{'clusterIP':'10.96.0.99','clusterIPs':['10.96.0.99']}}"))));
        assertTrue(refusal.getMessage().contains("may not change once set"), refusal.getMessage());
    }

    @Test
    void headlessAndExternalServicesHaveNone() {
        assertEquals("None", address(made("a", "'clusterIP':'None'")));
        var external = made("b", "'type':'ExternalName','externalName':'example.com'");
        assertFalse(external.spec().has("clusterIP"));
    }

    @Test
    void aServiceThatBecomesExternalGivesItsAddressBack() {
        made("a", "'clusterIP':'10.96.0.77'");
        api.patch(key("a"), new Patch.Merge(json("{'spec':{'type':'ExternalName','externalName':'example.com'}}")));
        made("b", "'clusterIP':'10.96.0.77'");
    }

    @Test
    void whoLosesARaceForOneAddressDoesNotFreeItForOthers() {
        var addresses = new ClusterIps(AddressRange.parse("10.96.0.0/24"), List.of());
        long wanted = AddressRange.number("10.96.0.77").orElseThrow();
        assertTrue(addresses.reserve("one", wanted));
        assertTrue(addresses.reserve("one", wanted));
        addresses.committed("one", "", "10.96.0.77");
        addresses.settle("one", "10.96.0.77");
        addresses.settle("one", "10.96.0.77");
        assertFalse(addresses.reserve("two", wanted));
        addresses.committed("one", "10.96.0.77", "");
        assertTrue(addresses.reserve("two", wanted));
        addresses.settle("two", "10.96.0.77");
        assertTrue(addresses.reserve("three", wanted));
    }

    /** Writers tell of their commits on their own threads, so that the telling may be late. */
    @Test
    void anAddressOfADeadServiceIsFreeThoughItsCreationIsToldLast() {
        var addresses = new ClusterIps(AddressRange.parse("10.96.0.0/24"), List.of());
        var rules = rules(addresses);
        long wanted = AddressRange.number("10.96.0.77").orElseThrow();
        assertTrue(addresses.reserve("one", wanted));
        rules.committed(Optional.of(stored("one", "10.96.0.77")), Optional.empty());
        rules.committed(Optional.empty(), Optional.of(stored("one", "10.96.0.77")));
        addresses.settle("one", "10.96.0.77");
        assertTrue(addresses.reserve("two", wanted));
    }

    @Test
    void anAddressThatWasTakenAgainStaysTakenThoughItsReleaseIsToldLast() {
        var addresses = new ClusterIps(AddressRange.parse("10.96.0.0/24"), List.of(stored("one", "10.96.0.77")));
        var rules = rules(addresses);
        long wanted = AddressRange.number("10.96.0.77").orElseThrow();
        assertTrue(addresses.reserve("one", wanted));
        rules.committed(Optional.of(stored("one", "")), Optional.of(stored("one", "10.96.0.77")));
        addresses.settle("one", "10.96.0.77");
        rules.committed(Optional.of(stored("one", "10.96.0.77")), Optional.of(stored("one", "")));
        assertFalse(addresses.reserve("two", wanted));
    }

    private static ServiceRules rules(ClusterIps addresses) {
        return new ServiceRules(addresses, new NodePorts(new PortRange(30_000, 30_001), new Random(1), List.of()));
    }

    private static KubeObject stored(String uid, String address) {
        return service("s", "").with(uid, "metadata", "uid").with(address, "spec", "clusterIP");
    }
}
