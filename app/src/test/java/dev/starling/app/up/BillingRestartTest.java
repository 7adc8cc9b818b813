package dev.starling.app.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.ListQuery;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.ThreadDriver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The meter over a store on disk: what happened while it was away is replayed from the store's history. */
final class BillingRestartTest {
    private static final KubeObject POD = KubeObject.of(Yaml.documents("""
            apiVersion: v1
            kind: Pod
            metadata:
              name: web
              namespace: default
              annotations: {starling.dev/billing-start: "2026-01-01T00:00:00.000000Z"}
            spec:
              containers: [{name: c, image: web}]
            """).getFirst().object());

    private final ThreadDriver driver = new ThreadDriver(InstantSource.system());

    @TempDir
    Path path;

    private ApiPart api(DataFolder folder, BillingPart billing) {
        var settings = new UpSettings(path, "127.0.0.1", 0, UpSettings.Runtime.SIMULATED, false, List.of(),
                PoolOptions.USUAL.withWarm(0),
                ServiceSettings.USUAL, OpsSettings.NONE);
        return new ApiPart(settings, folder, "10.96.0.0/24", new ApiPart.Additions(List.of(billing.spans()),
                List.of(), List.of(), new LateStreams(new Late<>("the pool")), Map.of(), List.of()), driver);
    }

    private static JsonObject only(ApiPart api, Predicate<JsonObject> wish) {
        var deadline = Instant.now().plusSeconds(20);
        while (true) {
            var spans = api.as("test").list(ListQuery.all(Kinds.USAGE_SPANS)).items();
            assertTrue(spans.size() <= 1, () -> "too many spans: " + spans);
            if (!spans.isEmpty() && wish.test(spans.getFirst().spec())) {
                return spans.getFirst().spec();
            }
            assertTrue(Instant.now().isBefore(deadline), () -> "waited in vain, spans: " + spans);
            Thread.onSpinWait();
        }
    }

    @Test
    void closesTheSpanOfAPodThatWentWhileTheMeterWasAway() {
        var folder = DataFolder.at(path);
        try (var billing = new BillingPart(folder, driver); var api = api(folder, billing)) {
            billing.meter(api.as("billing"));
            api.as("test").create(POD.key(Kinds.PODS), POD);
            only(api, span -> span.text("end").isEmpty());
            billing.stopMeter();
            var pod = api.as("test").get(POD.key(Kinds.PODS));
            api.as("test").update(POD.key(Kinds.PODS),
                    pod.with("2026-01-01T00:00:07.250000Z", "metadata", "annotations", "starling.dev/billing-end"));
            api.as("test").delete(POD.key(Kinds.PODS));
        }
        try (var billing = new BillingPart(folder, driver); var api = api(folder, billing)) {
            billing.meter(api.as("billing"));
            var span = only(api, seen -> !seen.text("end").isEmpty());
            assertEquals("2026-01-01T00:00:07.250000Z", span.text("end"));
            billing.stopMeter();
        }
    }
}
