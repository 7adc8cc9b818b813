package dev.starling.control.autoscaler;

import static dev.starling.control.workload.Objects.pod;
import static dev.starling.control.workload.Objects.yaml;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.control.workload.Conditions;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import dev.starling.kube.yaml.Yaml;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ScalePlanTest {
    private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
    private static final String CPU_70 =
            "[{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]";

    private final List<KubeObject> pods = new ArrayList<>();
    private final Map<String, KubeObject> metrics = new HashMap<>();
    private KubeObject autoscaler = hpa(CPU_70, "{}");
    private History history = History.NONE;

    private static KubeObject hpa(String metrics, String behavior) {
        return yaml("""
                metadata: {namespace: default, name: web}
                spec: {minReplicas: 1, maxReplicas: 10, metrics: %s, behavior: %s}
                """, metrics, behavior);
    }

    private static KubeObject running(String name, String request) {
        return pod("default/" + name)
                .with(Yaml.documents("[{name: c, resources: {requests: {cpu: " + request + ", memory: 100Mi}}}]")
                        .getFirst(), "spec", "containers")
                .with(Yaml.documents("""
                        phase: Running
                        startTime: "2026-01-01T00:00:00Z"
                        conditions: [{type: Ready, status: "True", lastTransitionTime: "2026-01-01T00:00:10Z"}]
                        """).getFirst(), "status");
    }

    private void using(String name, String cpu) {
        metrics.put(name, yaml("""
                timestamp: "%s"
                window: 15s
                containers: [{name: c, usage: {cpu: "%s", memory: 50Mi}}]
                """, Times.seconds(START), cpu));
    }

    /** As many pods as are given usages, each of which requests 100m. */
    private void pods(String... usages) {
        pods.clear();
        metrics.clear();
        for (int i = 0; i < usages.length; i++) {
            pods.add(running("p" + i, "100m"));
            if (!usages[i].isEmpty()) {
                using("p" + i, usages[i]);
            }
        }
    }

    private ScalePlan plan(Instant now) {
        return plan(pods.size(), now);
    }

    private ScalePlan plan(int replicas, Instant now) {
        var plan = ScalePlan.of(new ScalePlan.Sight(autoscaler, replicas,
                new ResourceUsage.Sight(List.copyOf(pods), Map.copyOf(metrics)), history), now);
        history = plan.replicas() == replicas ? plan.history() : plan.history().moved(replicas, plan.replicas(), now);
        return plan;
    }

    private static String reason(ScalePlan plan, String condition) {
        return plan.conditions().reason(condition);
    }

    /** Without a window for less, so that one look decides. */
    private void impatient() {
        autoscaler = hpa(CPU_70, "{scaleDown: {stabilizationWindowSeconds: 0}}");
    }

    @ParameterizedTest
    @CsvSource({"70,70,2", "76,76,2", "78,78,3", "140,140,4", "63,63,2", "62,62,2", "35,35,1", "20,20,1", "0,0,1",
        "100,70,3", "200,40,4"})
    void followsTheAverageWithinItsTolerance(String a, String b, int replicas) {
        impatient();
        history = new History(List.of(new History.Entry(START.minusSeconds(3000), 1)), List.of());
        pods(a + "m", b + "m");
        assertEquals(replicas, plan(START).replicas());
    }

    @Test
    void tellsWhyAndWhatItMeasured() {
        pods("140m", "140m");
        var plan = plan(START);
        assertEquals("cpu resource utilization (percentage of request) above target", plan.reason());
        assertEquals(Yaml.documents("[{type: Resource, resource: {name: cpu, current: "
                + "{averageUtilization: 140, averageValue: 140m}}}]").getFirst(), plan.currentMetrics());
        assertEquals("ValidMetricFound", reason(plan, "ScalingActive"));
        assertEquals("DesiredWithinRange", reason(plan, "ScalingLimited"));
        assertEquals("ReadyForNewScale", reason(plan, "AbleToScale"));
        impatient();
        pods("1m", "1m");
        assertEquals("All metrics below target", plan(START.plusSeconds(60)).reason());
    }

    @Test
    void growsAtMostToTheDoubleOrByFourInFifteenSeconds() {
        pods("900m");
        var plan = plan(START);
        assertEquals(5, plan.replicas());
        assertEquals("ScaleUpLimit", reason(plan, "ScalingLimited"));
        pods("900m", "900m", "900m", "900m", "900m");
        assertEquals(5, plan(START.plusSeconds(5)).replicas());
        plan = plan(START.plusSeconds(16));
        assertEquals(10, plan.replicas());
        assertEquals("TooManyReplicas", reason(plan, "ScalingLimited"));
    }

    @Test
    void shrinksOnlyWhenFiveMinutesAgreed() {
        pods("70m", "70m", "70m");
        plan(START);
        pods("1m", "1m", "1m");
        for (int second = 5; second < 300; second += 5) {
            var plan = plan(START.plusSeconds(second));
            assertEquals(3, plan.replicas());
            assertEquals("ScaleDownStabilized", reason(plan, "AbleToScale"));
        }
        assertEquals(1, plan(START.plusSeconds(301)).replicas());
    }

    @Test
    void theDemoShrinksAfterFifteenSeconds() {
        autoscaler = hpa(CPU_70, "{scaleDown: {stabilizationWindowSeconds: 15}}");
        pods("70m", "70m", "70m");
        plan(START);
        pods("1m", "1m", "1m");
        assertEquals(3, plan(START.plusSeconds(10)).replicas());
        assertEquals(1, plan(START.plusSeconds(16)).replicas());
    }

    @Test
    void afterAStartNothingShrinksBeforeAWholeWindow() {
        pods("1m", "1m");
        assertEquals(2, plan(START).replicas());
        assertEquals(2, plan(START.plusSeconds(299)).replicas());
        assertEquals(1, plan(START.plusSeconds(301)).replicas());
    }

    @Test
    void policiesOfPodsAndPercentAndTheirSelection() {
        String policies = "policies: [{type: Pods, value: 1, periodSeconds: 60},"
                + " {type: Percent, value: 50, periodSeconds: 60}]";
        for (var expected : Map.of("Max", 6, "Min", 5, "Disabled", 4).entrySet()) {
            autoscaler = hpa(CPU_70, "{scaleUp: {selectPolicy: " + expected.getKey() + ", " + policies + "}}");
            history = History.NONE;
            pods("900m", "900m", "900m", "900m");
            assertEquals(expected.getValue(), plan(START).replicas(), expected.getKey());
        }
        for (var expected : Map.of("Max", 2, "Min", 3, "Disabled", 4).entrySet()) {
            autoscaler = hpa(CPU_70, "{scaleDown: {stabilizationWindowSeconds: 0, selectPolicy: "
                    + expected.getKey() + ", " + policies + "}}");
            history = new History(List.of(new History.Entry(START.minusSeconds(9), 4)), List.of());
            pods("0", "0", "0", "0");
            assertEquals(expected.getValue(), plan(START).replicas(), expected.getKey());
        }
    }

    @Test
    void aWindowForMoreTakesTheLowestWish() {
        autoscaler = hpa(CPU_70, "{scaleUp: {stabilizationWindowSeconds: 60}}");
        pods("70m");
        plan(START);
        pods("140m");
        var plan = plan(START.plusSeconds(30));
        assertEquals(1, plan.replicas());
        assertEquals("ScaleUpStabilized", reason(plan, "AbleToScale"));
        assertEquals(2, plan(START.plusSeconds(95)).replicas());
    }

    @Test
    void aToleranceOfItsOwnCounts() {
        autoscaler = hpa(CPU_70, "{scaleUp: {tolerance: '0.5'}}");
        pods("100m", "100m");
        assertEquals(2, plan(START).replicas());
        pods("110m", "110m");
        assertEquals(4, plan(START).replicas());
    }

    @Test
    void podsWithoutMeasurementOnlyDamp() {
        pods("210m", "");
        assertEquals(3, plan(START).replicas());
        impatient();
        pods("10m", "");
        assertEquals(2, plan(START).replicas());
        pods("10m", "10m", "10m", "");
        assertEquals(2, plan(START.plusSeconds(60)).replicas());
    }

    @Test
    void podsThatStartOnlyDampGrowth() {
        pods("210m", "500m");
        pods.set(1, pods.get(1).with(Yaml.documents("""
                {phase: Running, startTime: "2026-01-01T11:59:00Z", conditions: [{type: Ready, status: "False",
                 lastTransitionTime: "2026-01-01T11:59:00Z"}]}""").getFirst(), "status"));
        assertEquals(3, plan(START).replicas());
        pods.set(1, pods.get(1).with("Pending", "status", "phase"));
        assertEquals(3, plan(START).replicas());
        pods.set(1, pods.get(1).with(Yaml.documents("""
                {phase: Running, startTime: "2026-01-01T11:59:00Z", conditions: [{type: Ready, status: "True",
                 lastTransitionTime: "2026-01-01T11:59:50Z"}]}""").getFirst(), "status"));
        assertEquals(3, plan(START).replicas());
    }

    @Test
    void deletedAndEndedPodsAreIgnored() {
        pods("140m", "0");
        pods.set(1, pods.get(1).with("Failed", "status", "phase"));
        assertEquals(2, plan(1, START).replicas());
    }

    @Test
    void saysWhatItCannotComputeAndKeepsTheSize() {
        pods("", "");
        var plan = plan(START);
        assertEquals(2, plan.replicas());
        assertEquals("FailedGetResourceMetric", reason(plan, "ScalingActive"));
        assertEquals("the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get"
                + " metrics for resource cpu: no metrics returned from resource metrics API",
                plan.conditions().find("ScalingActive").orElseThrow().text("message"));
        pods("10m");
        pods.set(0, pods.getFirst().without("spec", "containers").with(
                Yaml.documents("[{name: c}]").getFirst(), "spec", "containers"));
        assertEquals("failed to get cpu utilization: missing request for cpu in container c of Pod p0",
                plan(START).failures().getFirst().getMessage());
    }

    @Test
    void otherMetricTypesAreRefusedWithTheReason() {
        autoscaler = hpa("[{type: External, external: {metric: {name: q}}}]", "{}");
        pods("10m");
        var plan = plan(START);
        assertEquals("InvalidMetricSourceType", reason(plan, "ScalingActive"));
        assertEquals(false, plan.conditions().holds("ScalingActive"));
    }

    @Test
    void aFailedMetricForbidsOnlyToShrink() {
        autoscaler = hpa(CPU_70.replace("]", "") + ", {type: External, external: {metric: {name: q}}}]",
                "{scaleDown: {stabilizationWindowSeconds: 0}}");
        pods("140m", "140m");
        assertEquals(4, plan(START).replicas());
        pods("1m", "1m");
        assertEquals(2, plan(START.plusSeconds(60)).replicas());
    }

    @Test
    void theGreediestOfSeveralMetricsWins() {
        autoscaler = hpa("""
                [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}},
                 {type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 10Mi}}}]""",
                "{}");
        pods("70m");
        var plan = plan(START);
        assertEquals(5, plan.replicas());
        assertEquals("memory resource above target", plan.reason());
        assertEquals("52428800", plan.currentMetrics().at(1).object().object("resource", "current")
                .text("averageValue"));
    }

    @Test
    void oneContainerCountsAlone() {
        autoscaler = hpa("[{type: ContainerResource, containerResource: {name: cpu, container: c,"
                + " target: {type: Utilization, averageUtilization: 50}}}]", "{}");
        pods("100m");
        metrics.put("p0", metrics.get("p0").with(Yaml.documents(
                "[{name: c, usage: {cpu: 100m}}, {name: side, usage: {cpu: 9}}]").getFirst(), "containers"));
        var plan = plan(START);
        assertEquals(2, plan.replicas());
        assertEquals("cpu container resource utilization (percentage of request) above target", plan.reason());
        assertEquals("c", plan.currentMetrics().at(0).object().object("containerResource").text("container"));
    }

    @Test
    void keepsItsBounds() {
        pods("70m");
        assertEquals("Current number of replicas above Spec.MaxReplicas", plan(20, START).reason());
        assertEquals(10, plan(20, START).replicas());
        autoscaler = autoscaler.with(Json.of(3), "spec", "minReplicas");
        assertEquals(3, plan(1, START).replicas());
        var zero = plan(0, START);
        assertEquals(0, zero.replicas());
        assertEquals("ScalingDisabled", reason(zero, "ScalingActive"));
    }

    @Test
    void aCalmAutoscalerSaysTheSameAgain() {
        pods("70m", "70m");
        var first = plan(START);
        autoscaler = autoscaler.with(JsonObject.of("conditions", first.conditions().list()), "status");
        assertEquals(first.conditions(), plan(START.plusSeconds(5)).conditions());
        assertEquals(Conditions.of(autoscaler.status()), first.conditions());
    }
}
