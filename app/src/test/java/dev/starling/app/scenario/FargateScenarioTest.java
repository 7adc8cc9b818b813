package dev.starling.app.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.cli.cluster.ClusterConfig;
import dev.starling.cli.cluster.FargateProfile;
import dev.starling.kube.object.Kinds;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The profiles of eksctl's file decide which pods need no nodes. */
final class FargateScenarioTest {
    private static final String POD = "{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: %s}, "
            + "spec: {containers: [{name: web, image: nginx}]}}";

    @TempDir
    private Path folder;

    private static List<Scenario> scenarios() {
        return Scenario.present().toList();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void podsOutsideEveryProfileWaitAndSayWhyUntilOneSelectsThem(Scenario scenario) throws Exception {
        var start = Instant.parse("2026-03-02T10:00:00Z");
        try (var cluster = new SimulatedCluster(SimulatedCluster.Settings.at(start), folder)) {
            ClusterConfig.read(scenario.text("fargate-cluster.yaml"), "fargate-cluster.yaml").profiles().stream()
                    .map(FargateProfile::object).forEach(cluster::create);
            cluster.create("{apiVersion: v1, kind: Namespace, metadata: {name: elsewhere}}");
            cluster.run(Duration.ofSeconds(2));
            List.of("default", "elsewhere").forEach(namespace -> cluster.create(POD.formatted(namespace)));
            cluster.run(Duration.ofMinutes(2));
            assertEquals("Running", phase(cluster, "default"));
            assertEquals("Pending", phase(cluster, "elsewhere"));
            assertTrue(cluster.list(Kinds.EVENTS).stream().anyMatch(event -> event.namespace().equals("elsewhere")
                    && event.tree().text("reason").equals("FailedScheduling") && event.tree().text("message")
                    .contains("no Fargate profile selects this pod (namespace \"elsewhere\"")));
            cluster.create("{apiVersion: starling.dev/v1, kind: FargateProfile, metadata: {name: fp-elsewhere}, "
                    + "spec: {selectors: [{namespace: elsewhere}]}}");
            cluster.run(Duration.ofSeconds(10));
            assertEquals("Running", phase(cluster, "elsewhere"));
            assertEquals("fp-elsewhere", cluster.api().get(Kinds.PODS.key("elsewhere", "web")).labels()
                    .get("eks.amazonaws.com/fargate-profile"));
        }
    }

    private static String phase(SimulatedCluster cluster, String namespace) {
        return SimulatedCluster.phase(cluster.api().get(Kinds.PODS.key(namespace, "web")));
    }
}
