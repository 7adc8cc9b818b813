package dev.starling.control.autoscaler;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Quantity;
import dev.starling.kube.object.Times;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;

/**
 * What one pod was measured to use of one resource.
 *
 * @param milliUnits thousandths of a unit: of a CPU, of a byte
 * @param window over which it was measured, ending at the time
 */
record Sample(long milliUnits, Instant time, Duration window) {

    /** Nothing if a container lacks the resource, or if the container that is meant is not there. */
    static Optional<Sample> of(KubeObject podMetrics, String resource, String container) {
        var chosen = podMetrics.tree().array("containers").objects().stream()
                .filter(c -> container.isEmpty() || c.text("name").equals(container)).toList();
        var usages = chosen.stream().map(c -> usage(c, resource)).flatMap(Optional::stream).toList();
        if (chosen.isEmpty() || usages.size() < chosen.size()) {
            return Optional.empty();
        }
        return Optional.of(new Sample(usages.stream().mapToLong(Quantity::millis).sum(),
                Times.parse(podMetrics.tree().text("timestamp")).orElse(Instant.MAX),
                duration(podMetrics.tree().text("window"))));
    }

    private static Optional<Quantity> usage(JsonObject container, String resource) {
        return Quantity.tryParse(container.object("usage").text(resource));
    }

    /** As Go writes durations: {@code 1m30s}, {@code 15.5s}; zero for what is none. */
    private static Duration duration(String text) {
        try {
            return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
        } catch (DateTimeParseException e) {
            return Duration.ZERO;
        }
    }
}
