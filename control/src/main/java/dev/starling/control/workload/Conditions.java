package dev.starling.control.workload;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;

/**
 * The conditions of one status, by type. A condition's {@code lastTransitionTime} changes only with its status.
 *
 * @param list as the API holds it
 */
public record Conditions(JsonArray list) {

    /** What one condition says, without its times. */
    public record Said(String type, boolean holds, String reason, String message) {
        String status() {
            return holds ? "True" : "False";
        }
    }

    public static Conditions of(JsonObject status) {
        return new Conditions(status.array("conditions"));
    }

    public Optional<JsonObject> find(String type) {
        return list.objects().stream().filter(c -> c.text("type").equals(type)).findFirst();
    }

    public boolean holds(String type) {
        return find(type).filter(c -> c.text("status").equals("True")).isPresent();
    }

    /** The reason of a condition, or the empty string. */
    public String reason(String type) {
        return find(type).map(c -> c.text("reason")).orElse("");
    }

    /** With one condition said; unchanged where it says so already. */
    public Conditions with(Said said, Instant now) {
        return set(said, JsonObject.EMPTY, now);
    }

    /** As {@link #with}, for kinds whose conditions also tell when they were last touched. */
    public Conditions touched(Said said, Instant now) {
        return set(said, JsonObject.of("lastUpdateTime", Times.seconds(now)), now);
    }

    /** As {@link #with}, for kinds whose conditions also tell when they were last looked at. */
    public Conditions probed(Said said, Instant now) {
        return set(said, JsonObject.of("lastProbeTime", Times.seconds(now)), now);
    }

    private Conditions set(Said said, JsonObject times, Instant now) {
        var old = find(said.type());
        boolean sameStatus = old.filter(c -> c.text("status").equals(said.status())).isPresent();
        boolean same = sameStatus && old.get().text("reason").equals(said.reason())
                && old.get().text("message").equals(said.message());
        if (same) {
            return this;
        }
        String since = sameStatus ? old.get().text("lastTransitionTime") : Times.seconds(now);
        var made = JsonObject.builder().put("type", said.type()).put("status", said.status()).putAll(times)
                .put("lastTransitionTime", since).putText("reason", said.reason())
                .putText("message", said.message()).build();
        var changed = new ArrayList<Json>(list.values());
        int at = place(said.type());
        if (at < 0) {
            changed.add(made);
        } else {
            changed.set(at, made);
        }
        return new Conditions(JsonArray.of(changed));
    }

    public Conditions without(String type) {
        int at = place(type);
        if (at < 0) {
            return this;
        }
        var changed = new ArrayList<Json>(list.values());
        changed.remove(at);
        return new Conditions(JsonArray.of(changed));
    }

    private int place(String type) {
        for (int i = 0; i < list.size(); i++) {
            if (list.at(i).object().text("type").equals(type)) {
                return i;
            }
        }
        return -1;
    }
}
