package dev.starling.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.control.workload.Change;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.DeleteOptions.Propagation;
import dev.starling.kube.api.Patch;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What upstream's conformance tests ask of the garbage collector, of namespaces and of endpoints. */
final class HousekeepingTest {
    @RegisterExtension
    private final TestCluster cluster = new TestCluster();

    private void own(KubeObject owned, KubeObject owner) {
        var reference = JsonObject.of("apiVersion", "v1", "kind", "ConfigMap", "name", owner.name(),
                "uid", owner.uid(), "controller", true, "blockOwnerDeletion", true);
        cluster.api().patch(owned.key(Kinds.CONFIG_MAPS),
                Change.field(JsonArray.of((Json) reference), "metadata", "ownerReferences"));
    }

    @Test
    void aCircleOfOwnersGoesInTheForegroundToo() {
        var keys = List.of("one", "two", "three").stream().map(n -> Kinds.CONFIG_MAPS.key("default", n)).toList();
        cluster.apply("""
                {apiVersion: v1, kind: ConfigMap, metadata: {name: one}}
                ---
                {apiVersion: v1, kind: ConfigMap, metadata: {name: two}}
                ---
                {apiVersion: v1, kind: ConfigMap, metadata: {name: three}}
                """);
        for (int i = 0; i < 3; i++) {
            own(cluster.api().get(keys.get(i)), cluster.api().get(keys.get((i + 2) % 3)));
        }
        cluster.api().delete(keys.getFirst(), DeleteOptions.DEFAULT.withPropagation(Propagation.FOREGROUND));
        cluster.awaitThat(() -> keys.stream().noneMatch(key -> cluster.find(key).isPresent()));
    }

    @Test
    void aNamespaceLosesItsPodsBeforeAllElse() {
        cluster.apply("""
                {apiVersion: v1, kind: Namespace, metadata: {name: leaving}}
                """);
        cluster.awaitThat(() -> cluster.find(Kinds.SERVICE_ACCOUNTS.key("leaving", "default")).isPresent());
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: held, namespace: leaving, finalizers: [example.com/hold]}
                spec: {containers: [{name: c, image: i}]}
                ---
                {apiVersion: v1, kind: ConfigMap, metadata: {name: guard, namespace: leaving}}
                """);
        var namespace = Kinds.NAMESPACES.key("leaving");
        cluster.api().delete(namespace, DeleteOptions.DEFAULT);
        cluster.awaitThat(() -> cluster.api().get(namespace).status().array("conditions").objects().stream()
                .anyMatch(c -> c.text("type").equals("NamespaceFinalizersRemaining")
                        && c.text("status").equals("True")));
        assertTrue(cluster.find(Kinds.CONFIG_MAPS.key("leaving", "guard")).isPresent());
        cluster.api().patch(Kinds.PODS.key("leaving", "held"),
                Change.field(JsonNull.NULL, "metadata", "finalizers"));
        cluster.awaitThat(() -> cluster.find(namespace).isEmpty());
    }

    @Test
    void theCertificateOfTheClusterComesBackWhateverSomebodyMadeOfIt() {
        var key = Kinds.CONFIG_MAPS.key("default", "kube-root-ca.crt");
        cluster.awaitThat(() -> cluster.find(key).isPresent());
        cluster.api().patch(key, new Patch.Merge(JsonObject.of("data", JsonObject.of("ca.crt", "x", "y", "z"))));
        cluster.awaitThat(() -> cluster.api().get(key).tree().object("data").equals(JsonObject.of("ca.crt", "PEM")));
    }

    @Test
    void aServiceHasEndpointsLikeItsSlices() {
        cluster.apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: web}
                spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: web, labels: {app: web}}
                spec: {containers: [{name: c, image: i}]}
                """);
        var key = Kinds.ENDPOINTS.key("default", "web");
        cluster.awaitThat(() -> cluster.find(key).filter(e -> e.tree().array("subsets").objects().stream()
                .anyMatch(subset -> !subset.array("addresses").isEmpty())).isPresent());
        assertEquals(8080, cluster.api().get(key).tree().array("subsets").objects().getFirst().array("ports")
                .objects().getFirst().at("port").number(0));
        cluster.api().patch(key, Change.field(new JsonString("truncated"), "metadata", "annotations",
                "endpoints.kubernetes.io/over-capacity"));
        cluster.awaitThat(() -> cluster.api().get(key).annotations().isEmpty());
        cluster.api().delete(Kinds.SERVICES.key("default", "web"), DeleteOptions.DEFAULT);
        cluster.awaitThat(() -> cluster.find(key).isEmpty());
    }

    @Test
    void endpointsThatSomebodyWroteAreMirroredIntoSlices() {
        cluster.apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: other}
                spec: {ports: [{port: 80}]}
                ---
                apiVersion: v1
                kind: Endpoints
                metadata: {name: other}
                subsets: [{addresses: [{ip: 10.9.8.7}], ports: [{port: 80}]}]
                """);
        cluster.awaitThat(() -> addresses().equals(List.of("10.9.8.7")));
        var key = Kinds.ENDPOINTS.key("default", "other");
        cluster.api().patch(key, Change.field(JsonArray.of(JsonObject.of("addresses",
                JsonArray.of(JsonObject.of("ip", "10.9.8.8")), "ports", JsonArray.of(JsonObject.of("port", 80)))),
                "subsets"));
        cluster.awaitThat(() -> addresses().equals(List.of("10.9.8.8")));
        cluster.api().delete(key, DeleteOptions.DEFAULT);
        cluster.awaitThat(() -> addresses().isEmpty());
    }

    private List<String> addresses() {
        return cluster.list(Kinds.ENDPOINT_SLICES).stream()
                .filter(slice -> "other".equals(slice.labels().get("kubernetes.io/service-name")))
                .flatMap(slice -> slice.tree().array("endpoints").objects().stream())
                .flatMap(endpoint -> endpoint.array("addresses").texts().stream()).toList();
    }
}
