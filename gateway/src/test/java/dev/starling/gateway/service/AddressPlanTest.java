package dev.starling.gateway.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.gateway.service.VirtualAddress.Backend;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.net.AddressRange;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class AddressPlanTest {
    private static final AddressPlan PLAN =
            new AddressPlan("here", Optional.of(AddressRange.parse("198.51.100.0/28")));
    private static final KubeObject SERVICE = object("""
            kind: Service
            metadata: {name: web, namespace: shop}
            spec:
              clusterIP: 10.96.0.7
              ports: [{name: http, port: 80, protocol: TCP}, {name: dns, port: 53, protocol: UDP}]
            """);
    private static final KubeObject SLICE = object("""
            kind: EndpointSlice
            metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
            ports: [{name: http, port: 8080, protocol: TCP}]
            endpoints:
            - {addresses: [10.1.0.3], conditions: {ready: true}}
            - {addresses: [10.1.0.2]}
            - {addresses: [10.1.0.4], conditions: {ready: false}}
            """);

    @Test
    void sendsEveryPortToTheReadyEndpointsOfItsName() {
        var addresses = PLAN.addresses(List.of(SERVICE), List.of(SLICE));
        assertEquals(List.of(
                new VirtualAddress("shop/web:53", "10.96.0.7", "udp", 53, Duration.ZERO, List.of()),
                new VirtualAddress("shop/web:80", "10.96.0.7", "tcp", 80, Duration.ZERO,
                        List.of(new Backend("10.1.0.2", 8080), new Backend("10.1.0.3", 8080)))), addresses);
    }

    @Test
    void leavesOutServicesWithoutAnAddress() {
        var headless = SERVICE.with("None", "spec", "clusterIP");
        assertTrue(PLAN.addresses(List.of(headless), List.of(SLICE)).isEmpty());
    }

    @Test
    void leadsAddressesOfOthersToItsEndpoints() {
        var service = SERVICE.with(JsonArray.of("192.0.2.7", "2001:db8::7"), "spec",
                "externalIPs");
        var external = PLAN.addresses(List.of(service), List.of(SLICE)).stream().filter(VirtualAddress::external)
                .toList();
        assertEquals(List.of("192.0.2.7 udp 53 0", "192.0.2.7 tcp 80 2"), external.stream().sorted(
                Comparator.comparing(VirtualAddress::port)).map(address -> address.match() + " "
                        + address.backends().size()).toList());
        var local = service.with("Local", "spec", "externalTrafficPolicy");
        assertTrue(PLAN.addresses(List.of(local), List.of(SLICE)).stream().filter(VirtualAddress::external)
                .allMatch(address -> address.backends().isEmpty()));
    }

    @Test
    void takesNobodysOwnAddressByNamingItAsExternal() {
        var thief = SERVICE.with("a-thief", "metadata", "name").with("10.96.0.8", "spec", "clusterIP")
                .with(JsonArray.of("10.96.0.7"), "spec", "externalIPs");
        assertTrue(PLAN.addresses(List.of(thief, SERVICE), List.of(SLICE)).stream()
                .filter(address -> address.address().equals("10.96.0.7"))
                .allMatch(address -> address.owner().startsWith("shop/web:") && !address.external()));
    }

    @Test
    void neverMixesNamespaces() {
        var foreign = SLICE.with("other", "metadata", "namespace");
        var addresses = PLAN.addresses(List.of(SERVICE), List.of(foreign));
        assertTrue(addresses.stream().allMatch(address -> address.backends().isEmpty()));
    }

    @Test
    void rendersTheSameTextForTheSameWorld() {
        var once = PLAN.addresses(List.of(SERVICE), List.of(SLICE, SLICE));
        var place = new RuleSet.Place("t", List.of("10.96.0.0/16"), AddressRange.parse("10.1.0.0/16"), List.of());
        assertEquals(RuleSet.render(place, once, Set.of()),
                RuleSet.render(place, PLAN.addresses(List.of(SERVICE), List.of(SLICE)), Set.of()));
    }

    @Test
    void keepsClientsForThreeHoursUnlessTheServiceSaysOtherwise() {
        var sticky = SERVICE.with("ClientIP", "spec", "sessionAffinity");
        assertEquals(Duration.ofHours(3), PLAN.addresses(List.of(sticky), List.of()).getFirst().affinity());
        var brief = sticky.with(Json.of(60), "spec", "sessionAffinityConfig", "clientIP", "timeoutSeconds");
        assertEquals(Duration.ofMinutes(1), PLAN.addresses(List.of(brief), List.of()).getFirst().affinity());
    }

    @Test
    void leavesOutWhatWouldMakeTheKernelRefuseTheWholeTable() {
        assertTrue(AddressPlan.isIpv4("10.1.0.255"));
        assertFalse(AddressPlan.isIpv4("10.1.0.300"));
        var twin = SERVICE.with("zzz", "metadata", "name");
        assertEquals(PLAN.addresses(List.of(SERVICE), List.of(SLICE)),
                PLAN.addresses(List.of(SERVICE, twin), List.of(SLICE)));
    }

    private static final KubeObject BALANCED = object("""
            kind: Service
            metadata: {name: web, namespace: shop}
            spec:
              type: LoadBalancer
              clusterIP: 10.96.0.7
              ports: [{name: http, port: 80, nodePort: 30080, protocol: TCP}]
            status: {loadBalancer: {ingress: [{ip: 198.51.100.3, ipMode: VIP}, {ip: 192.0.2.1}, {hostname: h}]}}
            """);

    private static List<VirtualAddress> addresses(KubeObject service, KubeObject slice) {
        return PLAN.addresses(List.of(service), List.of(slice));
    }

    @Test
    void reachesAServiceByItsAddressItsPortOfTheNodeAndItsBalancer() {
        var backends = List.of(new Backend("10.1.0.2", 8080), new Backend("10.1.0.3", 8080));
        assertEquals(List.of(
                new VirtualAddress("shop/web:80", "", "tcp", 30_080, Duration.ZERO, backends),
                new VirtualAddress("shop/web:80", "10.96.0.7", "tcp", 80, Duration.ZERO, backends),
                new VirtualAddress("shop/web:80", "198.51.100.3", "tcp", 80, Duration.ZERO, backends)),
                addresses(BALANCED, SLICE));
    }

    @Test
    void leavesAddressesToProxiesAndToOtherTypes() {
        var ingress = JsonArray.of(JsonObject.of("ip", "198.51.100.3", "ipMode", "Proxy"));
        assertEquals(2, addresses(BALANCED.with(ingress, "status", "loadBalancer", "ingress"), SLICE).size());
        assertEquals(1, addresses(BALANCED.with("ClusterIP", "spec", "type"), SLICE).size());
    }

    @Test
    void keepsToTheEndpointsOfItsNodeWhereThePolicyIsLocal() {
        var here = SLICE.with(JsonArray.of(JsonObject.of("addresses", JsonArray.of("10.1.0.2"), "nodeName", "here"),
                JsonObject.of("addresses", JsonArray.of("10.1.0.3"))), "endpoints");
        var outside = addresses(BALANCED.with("Local", "spec", "externalTrafficPolicy"), here);
        assertEquals(List.of(1, 2, 1), outside.stream().map(address -> address.backends().size()).toList());
        var inside = addresses(BALANCED.with("Local", "spec", "internalTrafficPolicy"), here);
        assertEquals(List.of(2, 1, 2), inside.stream().map(address -> address.backends().size()).toList());
    }

    @Test
    void letsSourcesInToBalancersAlone() {
        var some = addresses(BALANCED.with(JsonArray.of("192.0.2.0/24", "192.0.2.8/29", "::/0"), "spec",
                "loadBalancerSourceRanges"), SLICE);
        assertEquals(List.of(AddressRange.parse("192.0.2.0/24")), some.getLast().sources());
        assertTrue(some.stream().limit(2).allMatch(address -> address.sources().isEmpty()));
        assertEquals(List.of(), addresses(BALANCED.with(JsonArray.of("0.0.0.0/0", "192.0.2.0/24"), "spec",
                "loadBalancerSourceRanges"), SLICE).getLast().sources());
        assertEquals(2, addresses(BALANCED.with(JsonArray.of("::/0"), "spec", "loadBalancerSourceRanges"), SLICE)
                .size());
    }

    private static KubeObject object(String yaml) {
        return KubeObject.of(Yaml.documents(yaml).getFirst().object());
    }
}
