package dev.starling.billing;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One stretch of time during which one pod cost money: from the moment it began to pull until its last container
 * ended. A pod has one span; its uid names it.
 *
 * @param profile the Fargate profile that placed the pod; empty if none is recorded
 * @param cpuMillis what is paid for, in thousandths of a vCPU: the requests as they were when the span opened
 * @param memoryBytes what is paid for, in bytes
 * @param end empty while the pod still runs
 * @param openedAt the revision of the pod that opened the span
 * @param closedAt the revision of the change that closed it; 0 while it is open
 * @param receipt milliseconds of the pod's start by stage, so that they outlive the pod; empty while the span is open
 */
public record UsageSpan(String uid, String namespace, String pod, String profile, long cpuMillis, long memoryBytes,
        Instant start, Optional<Instant> end, long openedAt, long closedAt, JsonObject receipt) {

    public UsageSpan {
        if (uid.isEmpty() || cpuMillis < 0 || memoryBytes < 0) {
            throw new IllegalArgumentException("not a span: uid=" + uid + " cpu=" + cpuMillis + " memory="
                    + memoryBytes);
        }
        if (end.isPresent() && end.get().isBefore(start)) {
            end = Optional.of(start);
        }
    }

    /** This span, closed. */
    public UsageSpan closed(Instant time, long revision, JsonObject stages) {
        return new UsageSpan(uid, namespace, pod, profile, cpuMillis, memoryBytes, start, Optional.of(time),
                openedAt, revision, stages);
    }

    public boolean isOpen() {
        return end.isEmpty();
    }

    /** How long it lasted within a window, up to now if it is still open. */
    public Duration within(Instant from, Instant now) {
        var begin = start.isAfter(from) ? start : from;
        var stop = end.filter(time -> time.isBefore(now)).orElse(now);
        return stop.isAfter(begin) ? Duration.between(begin, stop) : Duration.ZERO;
    }

    public JsonObject json() {
        var json = JsonObject.builder().put("uid", uid).put("namespace", namespace).put("pod", pod)
                .putText("profile", profile).put("cpuMillis", cpuMillis).put("memoryBytes", memoryBytes)
                .put("start", Times.micros(start));
        end.ifPresent(time -> json.put("end", Times.micros(time)).put("closedAt", closedAt));
        if (!receipt.isEmpty()) {
            json.put("receipt", receipt);
        }
        return json.put("openedAt", openedAt).build();
    }

    public static UsageSpan from(JsonObject json) {
        var start = Times.parse(json.text("start"))
                .orElseThrow(() -> new IllegalArgumentException("a span without a start: " + json));
        return new UsageSpan(json.text("uid"), json.text("namespace"), json.text("pod"), json.text("profile"),
                json.at("cpuMillis").number(0), json.at("memoryBytes").number(0), start,
                Times.parse(json.text("end")), json.at("openedAt").number(0), json.at("closedAt").number(0),
                json.object("receipt"));
    }
}
