package dev.starling.app.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Quantity;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A Deployment, its Service and its autoscaler, with upstream's defaults. */
final class WebServerScenarioTest {
    private static final Instant START = Instant.parse("2026-03-02T10:00:00Z");
    private static final int SCALED_OUT = 5;

    @TempDir
    private Path folder;

    private static List<Scenario> scenarios() {
        return Scenario.present().toList();
    }

    private SimulatedCluster cluster(Scenario scenario) {
        var cluster = new SimulatedCluster(SimulatedCluster.Settings.at(START), folder);
        cluster.makeProfile();
        for (var file : List.of("nginx-deployment.yaml", "nginx-service.yaml", "nginx-hpa.yaml")) {
            cluster.create(scenario.objects(file));
        }
        cluster.run(Duration.ofSeconds(30));
        return cluster;
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void itsPodsRunAndItsServiceKnowsThemAsReady(Scenario scenario) throws Exception {
        try (var cluster = cluster(scenario)) {
            long replicas = scenario.object("nginx-deployment.yaml", Kinds.DEPLOYMENTS).spec().at("replicas").number(1);
            assertEquals(replicas, running(cluster, scenario));
            assertEquals(replicas, readyEndpoints(cluster, scenario));
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void itScalesOutAboveItsTargetAndInOnlyAfterTheDefaultWindow(Scenario scenario) throws Exception {
        try (var cluster = cluster(scenario)) {
            cluster.usage.load(SCALED_OUT * target(scenario));
            cluster.run(Duration.ofMinutes(3));
            assertEquals(SCALED_OUT, wanted(cluster, scenario));
            assertEquals(SCALED_OUT, running(cluster, scenario));
            assertEquals(SCALED_OUT, readyEndpoints(cluster, scenario));
            cluster.usage.load(0);
            cluster.run(Duration.ofSeconds(294));
            assertEquals(SCALED_OUT, wanted(cluster, scenario));
            cluster.run(Duration.ofSeconds(12));
            long least = scenario.object("nginx-hpa.yaml", Kinds.HORIZONTAL_POD_AUTOSCALERS).spec().at("minReplicas")
                    .number(1);
            assertEquals(least, wanted(cluster, scenario));
            cluster.run(Duration.ofSeconds(40));
            assertEquals(least, running(cluster, scenario));
            assertEquals(least, readyEndpoints(cluster, scenario));
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void aShortLullWithinTheWindowCostsNoReplica(Scenario scenario) throws Exception {
        try (var cluster = cluster(scenario)) {
            cluster.usage.load(SCALED_OUT * target(scenario));
            cluster.run(Duration.ofMinutes(3));
            for (int i = 0; i < 2; i++) {
                cluster.usage.load(0);
                cluster.run(Duration.ofSeconds(250));
                assertEquals(SCALED_OUT, wanted(cluster, scenario));
                cluster.usage.load(SCALED_OUT * target(scenario));
                cluster.run(Duration.ofSeconds(20));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "OUR_OWN")
    void itNeverGrowsBeyondItsMostReplicas(Scenario scenario) throws Exception {
        try (var cluster = cluster(scenario)) {
            cluster.usage.load(100 * target(scenario));
            cluster.run(Duration.ofMinutes(5));
            assertEquals(6, wanted(cluster, scenario));
            assertTrue(cluster.list(Kinds.PODS).size() <= 6);
        }
    }

    /** What one replica uses when it is just as busy as the autoscaler wants it, in thousandths of a core. */
    private static long target(Scenario scenario) {
        var container = scenario.object("nginx-deployment.yaml", Kinds.DEPLOYMENTS).spec()
                .object("template", "spec").array("containers").at(0).object();
        var metric = scenario.object("nginx-hpa.yaml", Kinds.HORIZONTAL_POD_AUTOSCALERS).spec().array("metrics").at(0)
                .object();
        return Quantity.parse(container.text("resources", "requests", "cpu")).millis()
                * metric.at("resource", "target", "averageUtilization").number(0) / 100;
    }

    private static long wanted(SimulatedCluster cluster, Scenario scenario) {
        String name = scenario.object("nginx-deployment.yaml", Kinds.DEPLOYMENTS).name();
        return cluster.api().get(Kinds.DEPLOYMENTS.key("default", name)).spec().at("replicas").number(0);
    }

    private static long running(SimulatedCluster cluster, Scenario scenario) {
        var labels = scenario.object("nginx-service.yaml", Kinds.SERVICES).spec().text("selector", "app");
        return cluster.pods("app", labels).stream()
                .filter(pod -> SimulatedCluster.phase(pod).equals("Running")).count();
    }

    private static long readyEndpoints(SimulatedCluster cluster, Scenario scenario) {
        String name = scenario.object("nginx-service.yaml", Kinds.SERVICES).name();
        return cluster.list(Kinds.ENDPOINT_SLICES).stream()
                .filter(slice -> name.equals(slice.labels().get("kubernetes.io/service-name")))
                .map(KubeObject::tree).flatMap(slice -> slice.array("endpoints").objects().stream())
                .filter(endpoint -> endpoint.at("conditions", "ready").flag()).count();
    }
}
