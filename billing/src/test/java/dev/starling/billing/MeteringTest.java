package dev.starling.billing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class MeteringTest {
    private static final PriceBook PRICES =
            PriceBook.parse("{vcpuHour: 1, gibHour: 1, unrequested: {cpu: 250m, memory: 512Mi}}");
    private static final KubeObject PENDING = KubeObject.of(Yaml.documents("""
            kind: Pod
            metadata: {name: web, namespace: shop, uid: u1, resourceVersion: "7",
              labels: {eks.amazonaws.com/fargate-profile: fp}}
            spec:
              overhead: {cpu: 50m}
              initContainers: [{name: i, resources: {requests: {cpu: 300m}}}]
              containers: [{name: c, resources: {requests: {cpu: 100m}}}]
            status:
              phase: Running
              containerStatuses: [{name: c, state: {terminated: {finishedAt: "2026-01-01T00:00:09Z"}}}]
            """).getFirst().object());
    private static final KubeObject PULLING =
            PENDING.with("2026-01-01T00:00:01.500000Z", "metadata", "annotations", "starling.dev/billing-start");

    @Test
    void opensNoSpanBeforeThePodPulls() {
        assertEquals(Optional.empty(), Metering.span(PENDING, PRICES));
    }

    @Test
    void paysForTheRequestsWithoutOverheadAndAssumesWhatIsNotRequested() {
        assertEquals(Optional.of(new UsageSpan("u1", "shop", "web", "fp", 300, 512L << 20,
                Instant.parse("2026-01-01T00:00:01.5Z"), Optional.empty(), 7, 0,
                JsonObject.EMPTY)), Metering.span(PULLING, PRICES));
    }

    @Test
    void endsWithTheLastContainerOfATerminalPod() {
        assertEquals(Optional.empty(), Metering.end(PULLING));
        var over = PULLING.with("Succeeded", "status", "phase");
        assertEquals(Optional.of(Instant.parse("2026-01-01T00:00:09Z")), Metering.end(over));
        var exact = over.with("2026-01-01T00:00:08.250000Z", "metadata", "annotations", "starling.dev/billing-end");
        assertEquals(Optional.of(Instant.parse("2026-01-01T00:00:08.25Z")), Metering.end(exact));
    }

    @Test
    void endsADeletedPodWithItsLastContainerOrWhenItWasSeenToBeGone() {
        var seen = Instant.parse("2026-01-01T00:01:00Z");
        assertEquals(Instant.parse("2026-01-01T00:00:09Z"), Metering.endOfDeleted(PULLING, seen));
        assertEquals(seen, Metering.endOfDeleted(PULLING.without("status"), seen));
    }

    @Test
    void billsADeletedPodAsLongAsAnyContainerMayHaveRun() {
        var seen = Instant.parse("2026-01-01T00:01:00Z");
        var statuses = JsonArray.of(JsonObject.of("name", "c", "state", JsonObject.of("terminated",
                JsonObject.of("finishedAt", "2026-01-01T00:00:09Z"))),
                JsonObject.of("name", "d", "restartCount", 1, "state", JsonObject.of("running", JsonObject.EMPTY)));
        var running = PULLING.with(statuses, "status", "containerStatuses");
        assertEquals(seen, Metering.endOfDeleted(running, seen));
        var asked = running.with("2026-01-01T00:00:30Z", "metadata", "deletionTimestamp");
        assertEquals(Instant.parse("2026-01-01T00:00:30Z"), Metering.endOfDeleted(asked, seen));
    }
}
