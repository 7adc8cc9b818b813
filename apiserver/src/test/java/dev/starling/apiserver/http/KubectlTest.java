package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real kubectls of several versions, those that are installed beside the one on the path. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class KubectlTest {
    @TempDir
    private static Path folder;
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.in(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Kubectl version(String minor) {
        return Kubectl.version(minor, server, folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"27", "28", "29", "30", "31", "32", "33"})
    void doesWithConfigMapsWhatUsersDo(String version) throws Exception {
        var kubectl = version(version);
        String name = "v" + version;
        var file = folder.resolve(name + ".yaml");
        Files.writeString(file, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name
                + ", labels: {app: t}}\ndata: {a: b}\n");
        assertEquals("configmap/" + name + " created\n", kubectl.run("apply", "-f", file.toString()));
        assertEquals("configmap/" + name + " unchanged\n", kubectl.run("apply", "-f", file.toString()));
        Files.writeString(file, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name
                + ", labels: {app: t}}\ndata: {a: c, d: e}\n");
        assertEquals("configmap/" + name + " configured\n", kubectl.run("apply", "-f", file.toString()));
        assertTrue(kubectl.run("get", "cm", name).lines().toList().getFirst().startsWith("NAME "), name);
        assertEquals("c", kubectl.run("get", "cm", name, "-o", "jsonpath={.data.a}"));
        assertTrue(kubectl.run("describe", "cm", name).contains("Labels:       app=t"));
        assertEquals("configmap/" + name + " labeled\n", kubectl.run("label", "cm", name, "x=y"));
        assertTrue(kubectl.run("get", "cm", "-A", "-l", "x in (y)").contains(name));
        assertEquals("configmap/" + name + " patched\n",
                kubectl.run("patch", "cm", name, "-p", "{\"data\":{\"a\":null}}"));
        assertFalse(kubectl.run("get", "cm", name, "-o", "yaml").contains("a: c"));
        assertEquals("configmap \"" + name + "\" deleted", kubectl.run("delete", "cm", name)
                .replace(" from default namespace", "").strip());
        assertEquals("Error from server (NotFound): configmaps \"" + name + "\" not found\n",
                kubectl.run("get", "cm", name));
    }

    /** From 1.32 on kubectl sends some of these as protobuf. */
    @ParameterizedTest
    @ValueSource(strings = {"27", "31", "32", "33"})
    void createsWithoutAFile(String version) throws Exception {
        var kubectl = version(version);
        String name = "c" + version;
        assertEquals("namespace/" + name + " created\n", kubectl.run("create", "namespace", name));
        assertEquals("configmap/m created\n",
                kubectl.run("-n", name, "create", "configmap", "m", "--from-literal=a=b"));
        assertEquals("b", kubectl.run("-n", name, "get", "cm", "m", "-o", "jsonpath={.data.a}"));
        assertEquals("secret/s created\n",
                kubectl.run("-n", name, "create", "secret", "generic", "s", "--from-literal=a=b"));
        assertEquals("Yg==", kubectl.run("-n", name, "get", "secret", "s", "-o", "jsonpath={.data.a}"));
        assertEquals("deployment.apps/d created\n",
                kubectl.run("-n", name, "create", "deployment", "d", "--image=nginx", "--replicas=3", "--port=80"));
        assertEquals("3 nginx 80 d", kubectl.run("-n", name, "get", "deploy", "d", "-o", "jsonpath={.spec.replicas} "
                + "{.spec.template.spec.containers[0].image} "
                + "{.spec.template.spec.containers[0].ports[0].containerPort} {.spec.selector.matchLabels.app}"));
        assertEquals("job.batch/j created\n",
                kubectl.run("-n", name, "create", "job", "j", "--image=busybox", "--", "date"));
        assertEquals("cronjob.batch/k created\n", kubectl.run("-n", name, "create", "cronjob", "k", "--image=busybox",
                "--schedule=*/5 * * * *", "--", "date"));
        assertEquals("service/w created\n",
                kubectl.run("-n", name, "create", "service", "clusterip", "w", "--tcp=80:8080"));
        assertEquals("80 8080", kubectl.run("-n", name, "get", "svc", "w", "-o",
                "jsonpath={.spec.ports[0].port} {.spec.ports[0].targetPort}"));
        assertEquals("serviceaccount/r created\n", kubectl.run("-n", name, "create", "serviceaccount", "r"));
        assertEquals("token-of-r", kubectl.run("-n", name, "create", "token", "r").strip());
    }

    /** Older ones know no subresource of sizes. */
    @ParameterizedTest
    @ValueSource(strings = {"32", "33"})
    void looksIntoAPodAndGivesItAnotherSize(String version) throws Exception {
        var kubectl = version(version);
        String name = "p" + version;
        var file = folder.resolve(name + ".yaml");
        Files.writeString(file, "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name + "}\nspec: {containers: [{"
                + "name: c, image: nginx, resources: {requests: {cpu: 1}}}]}\n");
        assertEquals("pod/" + name + " created\n", kubectl.run("apply", "-f", file.toString()));
        kubectl.run("debug", name, "--image=busybox", "-c", "look", "--attach=false", "--target=c", "--", "sleep", "1");
        assertEquals("look c busybox", kubectl.run("get", "pod", name, "-o", "jsonpath={.spec.ephemeralContainers[0]"
                + "['name','targetContainerName','image']}"));
        assertEquals("pod/" + name + " patched\n", kubectl.run("patch", "pod", name, "--subresource", "resize", "-p",
                "{\"spec\":{\"containers\":[{\"name\":\"c\",\"resources\":{\"requests\":{\"cpu\":\"2\"}}}]}}"));
        assertEquals("2", kubectl.run("get", "pod", name, "--subresource", "resize", "-o",
                "jsonpath={.spec.containers[0].resources.requests.cpu}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"27", "28", "29", "30", "31", "32", "33"})
    void autoscalesAndTellsWhatThereIs(String version) throws Exception {
        var kubectl = version(version);
        String name = "a" + version;
        kubectl.run("create", "namespace", name);
        kubectl.run("-n", name, "create", "deployment", "d", "--image=nginx");
        assertEquals("horizontalpodautoscaler.autoscaling/d autoscaled\n",
                kubectl.run("-n", name, "autoscale", "deployment", "d", "--max=5", "--cpu-percent=50"));
        assertEquals("50", kubectl.run("-n", name, "get", "hpa", "d", "-o",
                "jsonpath={.spec.metrics[0].resource.target.averageUtilization}"));
        assertEquals("50", kubectl.run("-n", name, "get", "horizontalpodautoscalers.v1.autoscaling", "d", "-o",
                "jsonpath={.spec.targetCPUUtilizationPercentage}"));
        String all = kubectl.run("-n", name, "get", "all");
        assertTrue(all.contains("deployment.apps/d ") && all.contains("horizontalpodautoscaler.autoscaling/d "), all);
        assertEquals("poddisruptionbudget.policy/b created\n",
                kubectl.run("-n", name, "create", "poddisruptionbudget", "b", "--min-available=1", "--selector=a=b"));
        assertEquals("1", kubectl.run("-n", name, "get", "pdb", "b", "-o", "jsonpath={.spec.minAvailable}"));
        assertEquals("resourcequota/q created\n",
                kubectl.run("-n", name, "create", "quota", "q", "--hard=pods=3"));
        assertEquals("priorityclass.scheduling.k8s.io/" + name + " created\n",
                kubectl.run("create", "priorityclass", name, "--value=7"));
        assertEquals("ingress.networking.k8s.io/i created\n",
                kubectl.run("-n", name, "create", "ingress", "i", "--rule=a.b/*=s:80"));
        assertTrue(kubectl.run("-n", name, "get", "ing").contains("a.b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"28", "33"})
    void explainsAndListsWhatThereIs(String version) throws Exception {
        var kubectl = version(version);
        assertTrue(kubectl.run("explain", "sts", "--recursive").contains("volumeClaimTemplates"));
        assertTrue(kubectl.run("explain", "netpol.spec.ingress").contains("DESCRIPTION"));
        assertTrue(kubectl.run("explain", "hpa", "--api-version=autoscaling/v1", "--recursive")
                .contains("targetCPUUtilizationPercentage"));
        String names = kubectl.run("api-resources", "-o", "name");
        for (var type : Kinds.STORED) {
            assertTrue(names.contains(type.qualifiedPlural()), type.toString());
        }
        assertTrue(kubectl.run("api-versions").contains("events.k8s.io/v1\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"28", "31", "33"})
    void tellsUsersWhoTheyAreAndWhatTheyMay(String version) throws Exception {
        var kubectl = version(version);
        assertTrue(kubectl.run("auth", "whoami").contains("kubernetes-admin"));
        assertEquals("yes\n", kubectl.run("auth", "can-i", "delete", "pods"));
    }

    /** kubectl 1.31 and newer try a WebSocket first, and must then fall back. */
    @ParameterizedTest
    @ValueSource(strings = {"27", "30", "31", "33"})
    void reachesTheStreamingServerBySpdy(String version) throws Exception {
        var kubectl = version(version);
        var key = Kinds.PODS.key("default", "x" + version);
        var containers = Json.of(List.of(JsonObject.of("name", "c", "image", "busybox")));
        server.registry().api().create(key, KubeObject.named(Kinds.PODS, "default", key.name())
                .with(containers, "spec", "containers").with("n", "spec", "nodeName"));
        try (var fake = FakeStreamingServer.upgrading(new SpdyCommand("it is noon\n"))) {
            server.streams().address = fake.address();
            assertEquals("it is noon\n", kubectl.run("exec", key.name(), "--", "date"));
            String head = fake.head();
            assertTrue(head.startsWith("POST /exec/token?x=1 HTTP/1.1\r\n"), head);
            assertTrue(head.contains("X-Stream-Protocol-Version: v4.channel.k8s.io"), head);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"27", "30", "33"})
    void isToldWhatIsWrong(String version) throws Exception {
        var kubectl = version(version);
        var file = folder.resolve("bad" + version + ".yaml");
        Files.writeString(file, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\ndato: {a: b}\n");
        String answer = kubectl.run("apply", "-f", file.toString());
        assertTrue(answer.contains("strict decoding error: unknown field \"dato\""), answer);
    }
}
