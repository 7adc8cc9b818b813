package dev.starling.gateway.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.gateway.service.VirtualAddress.Backend;
import dev.starling.kube.json.Json;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class VirtualAddressTest {
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
        var addresses = VirtualAddress.of(List.of(SERVICE), List.of(SLICE));
        assertEquals(List.of(
                new VirtualAddress("shop/web:53", "10.96.0.7", "udp", 53, Duration.ZERO, List.of()),
                new VirtualAddress("shop/web:80", "10.96.0.7", "tcp", 80, Duration.ZERO,
                        List.of(new Backend("10.1.0.2", 8080), new Backend("10.1.0.3", 8080)))), addresses);
    }

    @Test
    void leavesOutServicesWithoutAnAddress() {
        var headless = SERVICE.with("None", "spec", "clusterIP");
        assertTrue(VirtualAddress.of(List.of(headless), List.of(SLICE)).isEmpty());
    }

    @Test
    void neverMixesNamespaces() {
        var foreign = SLICE.with("other", "metadata", "namespace");
        var addresses = VirtualAddress.of(List.of(SERVICE), List.of(foreign));
        assertTrue(addresses.stream().allMatch(address -> address.backends().isEmpty()));
    }

    @Test
    void rendersTheSameTextForTheSameWorld() {
        var once = VirtualAddress.of(List.of(SERVICE), List.of(SLICE, SLICE));
        var place = new RuleSet.Place("t", "10.96.0.0/16", List.of());
        assertEquals(RuleSet.render(place, once, Set.of()),
                RuleSet.render(place, VirtualAddress.of(List.of(SERVICE), List.of(SLICE)), Set.of()));
    }

    @Test
    void keepsClientsForThreeHoursUnlessTheServiceSaysOtherwise() {
        var sticky = SERVICE.with("ClientIP", "spec", "sessionAffinity");
        assertEquals(Duration.ofHours(3), VirtualAddress.of(List.of(sticky), List.of()).getFirst().affinity());
        var brief = sticky.with(Json.of(60), "spec", "sessionAffinityConfig", "clientIP", "timeoutSeconds");
        assertEquals(Duration.ofMinutes(1), VirtualAddress.of(List.of(brief), List.of()).getFirst().affinity());
    }

    @Test
    void leavesOutWhatWouldMakeTheKernelRefuseTheWholeTable() {
        assertTrue(VirtualAddress.isIpv4("10.1.0.255"));
        assertFalse(VirtualAddress.isIpv4("10.1.0.300"));
        var twin = SERVICE.with("zzz", "metadata", "name");
        assertEquals(VirtualAddress.of(List.of(SERVICE), List.of(SLICE)),
                VirtualAddress.of(List.of(SERVICE, twin), List.of(SLICE)));
    }

    private static KubeObject object(String yaml) {
        return KubeObject.of(Yaml.documents(yaml).getFirst().object());
    }
}
