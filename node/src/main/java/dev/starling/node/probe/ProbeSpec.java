package dev.starling.node.probe;

import dev.starling.kube.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/**
 * A probe as a container's specification asks for it, with the defaults of the API.
 *
 * @param grace how long a container that fails it may take to stop; empty for the pod's own time
 */
public record ProbeSpec(JsonObject json, Duration initialDelay, Duration timeout, Duration period,
        int successThreshold, int failureThreshold, Optional<Duration> grace) {

    public static ProbeSpec of(JsonObject json) {
        long grace = json.at("terminationGracePeriodSeconds").number(-1);
        return new ProbeSpec(json, seconds(json, "initialDelaySeconds", 0), seconds(json, "timeoutSeconds", 1),
                seconds(json, "periodSeconds", 10), count(json, "successThreshold", 1),
                count(json, "failureThreshold", 3),
                grace < 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(grace)));
    }

    private static Duration seconds(JsonObject json, String field, long otherwise) {
        long value = json.at(field).number(otherwise);
        return Duration.ofSeconds(value == 0 ? otherwise : value);
    }

    private static int count(JsonObject json, String field, int otherwise) {
        return (int) Math.max(1, json.at(field).number(otherwise));
    }
}
