package dev.starling.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Apache Flink's operator as it is published, at work with its own definitions and the roles of its Helm chart: it
 * elects itself, deploys by Flink's native client, tells what it does, and cleans up.
 */
@ExtendWith(Server.class)
final class FlinkOperatorTest {
    private static final Path CLASS_PATH = Path.of("flink", "target", "class.path");
    private static final List<String> DEFINITIONS = List.of("flinkdeployments", "flinksessionjobs");
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(30);

    @TempDir
    private Path folder;
    private final KubernetesClient client;
    private final Config config;

    FlinkOperatorTest(Server.Running server) throws IOException {
        config = Config.fromKubeconfig(Files.readString(server.kubeconfig()));
        client = new KubernetesClientBuilder().withConfig(config).build();
    }

    @BeforeEach
    void install() throws Exception {
        try (var file = getClass().getResourceAsStream("flink-operator.yaml")) {
            client.load(file).create();
        }
        for (String name : DEFINITIONS) {
            try (var jar = new JarFile(operatorsTypes()); var file = definition(jar, name)) {
                client.load(file).create();
            }
            var definition = client.apiextensions().v1().customResourceDefinitions()
                    .withName(name + ".flink.apache.org");
            Awaited.holds(name + " are served", () -> definition.get().getStatus().getConditions().stream()
                    .anyMatch(each -> each.getType().equals("Established") && each.getStatus().equals("True")));
        }
    }

    private static File operatorsTypes() throws IOException {
        return Stream.of(Files.readString(CLASS_PATH).strip().split(File.pathSeparator)).map(File::new)
                .filter(jar -> jar.getName().startsWith("flink-kubernetes-operator-api-")).findFirst().orElseThrow();
    }

    private static InputStream definition(JarFile jar, String name) throws IOException {
        return jar.getInputStream(jar.getEntry("META-INF/fabric8/" + name + ".flink.apache.org-v1.yml"));
    }

    @AfterEach
    void takeDown() throws IOException {
        for (String name : DEFINITIONS) {
            client.apiextensions().v1().customResourceDefinitions().withName(name + ".flink.apache.org").delete();
        }
        try (var file = getClass().getResourceAsStream("flink-operator.yaml")) {
            client.load(file).delete();
        }
        client.close();
    }

    /** The operator in a process of its own, as its service account. */
    private Child start() throws IOException {
        Folders.copy(folder, "flink-conf.yaml");
        var kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
                {"apiVersion": "v1", "kind": "Config", "current-context": "it",
                "clusters": [{"name": "it", "cluster": {"server": "%s", "certificate-authority-data": "%s"}}],
                "users": [{"name": "it", "user": {"token": "%s"}}],
                "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it", "namespace": "flink-operator"}}]}
                """.formatted(config.getMasterUrl(), config.getCaCertData(), token()));
        return Child.start(folder, List.of(ProcessHandle.current().info().command().orElseThrow(), "-Xmx256m",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", Files.readString(CLASS_PATH).strip(),
                "org.apache.flink.kubernetes.operator.FlinkOperator"),
                Map.of("KUBECONFIG", kubeconfig.toString(), "FLINK_CONF_DIR", folder.toString(),
                        "OPERATOR_NAMESPACE", "flink-operator", "OPERATOR_NAME", "flink", "HOSTNAME", "operator-1"));
    }

    private String token() {
        return client.serviceAccounts().inNamespace("flink-operator").withName("operator").tokenRequest(
                new TokenRequestBuilder().withNewSpec().withExpirationSeconds(3_600L).endSpec().build())
                .getStatus().getToken();
    }

    private Resource<GenericKubernetesResource> flink(String kind, String name) {
        return client.genericKubernetesResources("flink.apache.org/v1beta1", kind).inNamespace("flink").withName(name);
    }

    private static boolean says(Resource<GenericKubernetesResource> seen, String field, String value) {
        return value.equals(seen.get().get("status", field));
    }

    @Test
    void reconcilesWhatFlinksOperatorServes() throws Exception {
        try (var operator = start(); var work = getClass().getResourceAsStream("flink-work.yaml")) {
            try {
                client.load(work).create();
                deploys();
                changes();
                cleansUp();
            } catch (AssertionError e) {
                throw new AssertionError(operator.output(), e);
            }
            operator.terminate();
            operator.exit(STOPS_WITHIN);
        }
    }

    private void deploys() throws Exception {
        Awaited.holds("it leads", () -> client.leases().inNamespace("flink-operator").list().getItems().stream()
                .anyMatch(lease -> "operator-1".equals(lease.getSpec().getHolderIdentity())));
        for (String name : List.of("session", "application")) {
            var made = flink("FlinkDeployment", name);
            Awaited.holds(name + " is deployed", () -> says(made, "lifecycleState", "DEPLOYED"));
            Awaited.holds(name + " runs", () -> Integer.valueOf(1).equals(client.apps().deployments()
                    .inNamespace("flink").withName(name).get().getStatus().getAvailableReplicas()));
            assertTrue(says(made, "jobManagerDeploymentStatus", "DEPLOYING"), "no Flink answers in a simulated pod");
            assertTrue(made.get().getFinalizers().contains("flinkdeployments.flink.apache.org/finalizer"));
            var deployment = client.apps().deployments().inNamespace("flink").withName(name).get();
            assertEquals("FlinkDeployment", deployment.getMetadata().getOwnerReferences().getFirst().getKind());
            assertNotNull(client.services().inNamespace("flink").withName(name + "-rest").get());
            assertFalse(client.configMaps().inNamespace("flink").withName("flink-config-" + name).get().getData()
                    .isEmpty());
        }
        Awaited.holds("the job is taken on", () -> flink("FlinkSessionJob", "job").get().getFinalizers()
                .contains("flinksessionjobs.flink.apache.org/finalizer"));
        Awaited.holds("the deployment is told of", () -> toldOf("application", "Submit"));
    }

    private boolean toldOf(String name, String reason) {
        return client.v1().events().inNamespace("flink").list().getItems().stream().anyMatch(event ->
                event.getReason().equals(reason) && event.getInvolvedObject().getName().equals(name));
    }

    private void changes() throws Exception {
        flink("FlinkDeployment", "session").edit(session -> {
            Map<String, Object> spec = session.get("spec");
            spec.put("flinkConfiguration", Map.of("taskmanager.numberOfTaskSlots", "3"));
            return session;
        });
        Awaited.holds("the change is told of", () -> toldOf("session", "SpecChanged"));
        Awaited.holds("the change is deployed", () -> Objects.toString(client.configMaps().inNamespace("flink")
                .withName("flink-config-session").get()).contains("numberOfTaskSlots: 3"));
    }

    private void cleansUp() throws Exception {
        var all = List.of(flink("FlinkSessionJob", "job"), flink("FlinkDeployment", "application"),
                flink("FlinkDeployment", "session"));
        for (var each : all) {
            each.delete();
            Awaited.holds("it is gone", () -> each.get() == null);
        }
        assertTrue(toldOf("session", "Cleanup"), "its end is told of");
        Awaited.holds("what was made for them is gone", () -> client.apps().deployments().inNamespace("flink").list()
                .getItems().isEmpty() && client.configMaps().inNamespace("flink").withLabel("type",
                "flink-native-kubernetes").list().getItems().isEmpty());
    }
}
