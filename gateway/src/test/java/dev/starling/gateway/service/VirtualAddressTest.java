package dev.starling.gateway.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.gateway.service.VirtualAddress.Backend;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import java.util.List;
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
                new VirtualAddress("shop/web:53", "10.96.0.7", "udp", 53, false, List.of()),
                new VirtualAddress("shop/web:80", "10.96.0.7", "tcp", 80, false,
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
        assertEquals(RuleSet.render("t", "10.96.0.0/16", List.of(), once),
                RuleSet.render("t", "10.96.0.0/16", List.of(), VirtualAddress.of(List.of(SERVICE), List.of(SLICE))));
    }

    private static KubeObject object(String yaml) {
        return KubeObject.of(Yaml.documents(yaml).getFirst().object());
    }
}
