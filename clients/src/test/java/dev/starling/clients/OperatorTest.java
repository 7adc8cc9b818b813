package dev.starling.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.Operator;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An operator on the Java Operator SDK serves custom resources from their definition to their end. */
@ExtendWith(Server.class)
final class OperatorTest {
    private static final String NAMESPACE = "operator";

    private final KubernetesClient client;

    OperatorTest(Server.Running server) throws IOException {
        client = new KubernetesClientBuilder().withConfig(
                Config.fromKubeconfig(Files.readString(server.kubeconfig()))).build();
    }

    @BeforeEach
    void prepare() throws IOException {
        client.resource(new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build()).create();
        try (var profile = getClass().getResourceAsStream("site-profile.yaml");
                var definition = getClass().getResourceAsStream("site-definition.yaml")) {
            client.load(profile).create();
            client.load(definition).serverSideApply();
        }
        client.apiextensions().v1().customResourceDefinitions().withName("sites.example.com").waitUntilCondition(
                seen -> seen != null && seen.getStatus() != null && seen.getStatus().getConditions().stream()
                        .anyMatch(each -> each.getType().equals("Established") && each.getStatus().equals("True")),
                60, TimeUnit.SECONDS);
    }

    @AfterEach
    void takeDown() {
        client.apiextensions().v1().customResourceDefinitions().withName("sites.example.com").delete();
        client.genericKubernetesResources("starling.dev/v1", "FargateProfile").withName(NAMESPACE).delete();
        client.namespaces().withName(NAMESPACE).delete();
        client.close();
    }

    @Test
    void reconcilesCustomResourcesToDeployments() {
        var operator = new Operator(overrider -> overrider.withKubernetesClient(client)
                .withCloseClientOnStop(false));
        operator.register(new SiteReconciler());
        operator.start();
        try {
            var sites = client.resources(Site.class).inNamespace(NAMESPACE);
            client.resource(Site.of(NAMESPACE, "blog", 2)).create();
            var served = sites.withName("blog").waitUntilCondition(site -> site.readyReplicas() == 2,
                    90, TimeUnit.SECONDS);
            assertTrue(served.getMetadata().getFinalizers().stream().anyMatch(name -> name.contains("example.com")));
            sites.withName("blog").edit(site -> site.withReplicas(1));
            sites.withName("blog").waitUntilCondition(site -> site.readyReplicas() == 1, 90, TimeUnit.SECONDS);
            var deployments = client.apps().deployments().inNamespace(NAMESPACE).withName("blog");
            Deployment made = deployments.get();
            assertEquals(1, made.getSpec().getReplicas());
            assertNotNull(made.getMetadata().getOwnerReferences().getFirst().getUid());
            sites.withName("blog").delete();
            sites.withName("blog").waitUntilCondition(Objects::isNull, 90, TimeUnit.SECONDS);
            assertNotNull(client.configMaps().inNamespace(NAMESPACE).withName("cleaned-blog").get());
            deployments.waitUntilCondition(Objects::isNull, 90, TimeUnit.SECONDS);
        } finally {
            operator.stop();
        }
    }
}
