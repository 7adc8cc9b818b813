package dev.starling.node.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentTest {
    private final MapSources sources = new MapSources();

    private Map<String, String> env(Object... containerFields) {
        var container = JsonObject.of(containerFields).with("name", dev.starling.kube.json.Json.of("app"));
        var metadata = JsonObject.of("name", "web", "namespace", "shop", "uid", "u1",
                "labels", JsonObject.of("tier", "front"), "annotations", JsonObject.of("note", "n1"));
        var pod = new PodView(KubeObject.of(JsonObject.of("metadata", metadata, "spec", JsonObject.of(
                "nodeName", "n0", "serviceAccountName", "robot", "containers", JsonArray.of(container)))));
        return Environment.of(pod, pod.containers().getFirst(), sources,
                new Fields.Place("10.0.0.1", "10.63.0.5", new Resources(2000, 4L << 30)));
    }

    private static JsonObject value(String name, String value) {
        return JsonObject.of("name", name, "value", value);
    }

    private static JsonObject from(String name, String kind, Object... fields) {
        return JsonObject.of("name", name, "valueFrom", JsonObject.of(kind, JsonObject.of(fields)));
    }

    @Test
    void expandsReferencesToEarlierVariables() {
        var env = env("env", JsonArray.of(value("A", "1"), value("B", "$(A)-$(LATER)-$$(A)-$A"),
                value("LATER", "x")));
        assertEquals("1-$(LATER)-$(A)-$A", env.get("B"));
    }

    @Test
    void knowsThePodAndItsPlace() {
        var env = env("env", JsonArray.of(from("NAME", "fieldRef", "fieldPath", "metadata.name"),
                from("LABEL", "fieldRef", "fieldPath", "metadata.labels['tier']"),
                from("NOTE", "fieldRef", "fieldPath", "metadata.annotations['note']"),
                from("IP", "fieldRef", "fieldPath", "status.podIP"),
                from("HOST", "fieldRef", "fieldPath", "status.hostIP"),
                from("NODE", "fieldRef", "fieldPath", "spec.nodeName"),
                from("ACCOUNT", "fieldRef", "fieldPath", "spec.serviceAccountName")));
        assertEquals(Map.of("NAME", "web", "LABEL", "front", "NOTE", "n1", "IP", "10.63.0.5", "HOST", "10.0.0.1",
                "NODE", "n0", "ACCOUNT", "robot"), env);
    }

    @Test
    void tellsResourcesInTheDivisorsUnit() {
        var resources = JsonObject.of("requests", JsonObject.of("cpu", "250m"),
                "limits", JsonObject.of("memory", "64Mi"));
        var env = env("resources", resources, "env", JsonArray.of(
                from("CPU", "resourceFieldRef", "resource", "requests.cpu", "divisor", "1m"),
                from("CORES", "resourceFieldRef", "resource", "requests.cpu"),
                from("MEMORY", "resourceFieldRef", "resource", "limits.memory", "divisor", "1Mi"),
                from("NOLIMIT", "resourceFieldRef", "resource", "limits.cpu")));
        assertEquals(Map.of("CPU", "250", "CORES", "1", "MEMORY", "64", "NOLIMIT", "2"), env);
    }

    @Test
    void readsConfigMapsAndSecretsInEveryForm() {
        sources.put(Kinds.CONFIG_MAPS, "shop", "conf", JsonObject.of("a", "1", "b", "2"));
        sources.put(Kinds.SECRETS, "shop", "keys", JsonObject.of("pw", "c2VjcmV0"));
        var env = env("envFrom", JsonArray.of(
                        JsonObject.of("prefix", "C_", "configMapRef", JsonObject.of("name", "conf")),
                        JsonObject.of("secretRef", JsonObject.of("name", "keys")),
                        JsonObject.of("secretRef", JsonObject.of("name", "none", "optional", true))),
                "env", JsonArray.of(from("B", "configMapKeyRef", "name", "conf", "key", "b"),
                        from("PW", "secretKeyRef", "name", "keys", "key", "pw"),
                        from("OPT", "configMapKeyRef", "name", "conf", "key", "zz", "optional", true),
                        value("C_a", "over")));
        assertEquals(Map.of("C_a", "over", "C_b", "2", "pw", "secret", "B", "2", "PW", "secret"), env);
    }

    @Test
    void saysWhatIsMissingAsUpstreamDoes() {
        sources.put(Kinds.CONFIG_MAPS, "shop", "conf", JsonObject.EMPTY);
        assertEquals("configmap \"gone\" not found", assertThrows(MissingConfigException.class,
                () -> env("env", JsonArray.of(from("X", "configMapKeyRef", "name", "gone", "key", "k"))))
                .getMessage());
        assertEquals("couldn't find key k in ConfigMap shop/conf", assertThrows(MissingConfigException.class,
                () -> env("env", JsonArray.of(from("X", "configMapKeyRef", "name", "conf", "key", "k"))))
                .getMessage());
        assertEquals("secret \"gone\" not found", assertThrows(MissingConfigException.class,
                () -> env("envFrom", JsonArray.of(JsonObject.of("secretRef", JsonObject.of("name", "gone")))))
                .getMessage());
    }

    @Test
    void linksServicesOfTheNamespaceAndTheApi() {
        sources.service("default", "kubernetes", "10.96.0.1", 443);
        sources.service("shop", "my-db", "10.96.0.9", 5432);
        sources.service("other", "far", "10.96.0.7", 80);
        var env = env();
        assertEquals("10.96.0.1", env.get("KUBERNETES_SERVICE_HOST"));
        assertEquals("443", env.get("KUBERNETES_SERVICE_PORT"));
        assertEquals("10.96.0.9", env.get("MY_DB_SERVICE_HOST"));
        assertEquals("tcp://10.96.0.9:5432", env.get("MY_DB_PORT"));
        assertEquals("5432", env.get("MY_DB_PORT_5432_TCP_PORT"));
        assertFalse(env.containsKey("FAR_SERVICE_HOST"));
    }
}
