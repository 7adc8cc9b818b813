package dev.starling.control.endpoints;

import static dev.starling.control.workload.Objects.yaml;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.kube.yaml.Yaml;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SubsetsTest {

    @Test
    void showsTheEndpointsOfAServiceAsItsSlicesDo() {
        var service = yaml("""
                apiVersion: v1
                kind: Service
                metadata: {namespace: default, name: web, uid: s, labels: {team: a}}
                spec: {clusterIP: 10.0.0.1, selector: {app: web}}
                """);
        var slice = yaml("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {namespace: default, name: web-1, uid: e}
                addressType: IPv4
                endpoints:
                - {addresses: [10.1.0.2], conditions: {ready: true, serving: true}, nodeName: n}
                - {addresses: [10.1.0.1], conditions: {ready: false, serving: false}}
                - {addresses: [10.1.0.3], conditions: {ready: false, serving: true, terminating: true}}
                ports: [{name: http, port: 8080, protocol: TCP}]
                """);
        assertEquals(Yaml.documents("""
                apiVersion: v1
                kind: Endpoints
                metadata:
                  name: web
                  namespace: default
                  labels: {team: a, endpoints.kubernetes.io/managed-by: endpoint-controller}
                subsets:
                - addresses: [{ip: 10.1.0.2, nodeName: n}]
                  notReadyAddresses: [{ip: 10.1.0.1}]
                  ports: [{name: http, port: 8080, protocol: TCP}]
                """).getFirst(), Subsets.endpoints(service, List.of(slice)).tree());
    }

    @Test
    void mirrorsASubsetIntoOneSliceOfEachFamily() {
        var slices = Subsets.slices(yaml("""
                apiVersion: v1
                kind: Endpoints
                metadata: {namespace: default, name: old, uid: o}
                subsets:
                - addresses: [{ip: 10.1.0.2}, {ip: "fd00::1"}]
                  notReadyAddresses: [{ip: 10.1.0.1}]
                  ports: [{port: 80}]
                """));
        assertEquals(List.of("IPv4", "IPv6"), slices.stream().map(s -> s.tree().text("addressType")).toList());
        assertEquals(Yaml.documents("""
                - {addresses: [10.1.0.2], conditions: {ready: true}}
                - {addresses: [10.1.0.1], conditions: {ready: false}}
                """).getFirst(), slices.getFirst().tree().at("endpoints"));
        assertEquals(Yaml.documents("[{name: '', port: 80, protocol: TCP}]").getFirst(),
                slices.getFirst().tree().at("ports"));
        assertEquals("old", slices.getFirst().labels().get("kubernetes.io/service-name"));
    }

    @Test
    void aSliceHoldsNoMoreThanIsAllowed() {
        var all = IntStream.rangeClosed(0, 1000).mapToObj(i -> "{ip: 10.1." + i / 256 + "." + i % 256 + "}").toList();
        var slices = Subsets.slices(yaml("""
                apiVersion: v1
                kind: Endpoints
                metadata: {namespace: default, name: old, uid: o}
                subsets:
                - addresses: %s
                """.formatted(all)));
        assertEquals(List.of(1000), slices.stream().map(s -> s.tree().array("endpoints").size()).toList());
    }
}
