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
    public record Said(String type, String status, String reason, String message) {
        public static Said yes(String type, String reason, String message) {
            return new Said(type, "True", reason, message);
        }

        public static Said no(String type, String reason, String message) {
            return new Said(type, "False", reason, message);
        }

        public static Said unknown(String type, String reason, String message) {
            return new Said(type, "Unknown", reason, message);
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

    /** Puts the conditions into a status that is being built, unless there are none. */
    public void into(JsonObject.Builder status) {
        if (!list.isEmpty()) {
            status.put("conditions", list);
        }
    }

    /** The reason of a condition, or the empty string. */
    public String reason(String type) {
        return find(type).map(c -> c.text("reason")).orElse("");
    }

    /** With one condition said; unchanged where it says so already. */
    public Conditions with(Said said, Instant now) {
        return says(said) ? this : set(said, JsonObject.EMPTY, now);
    }

    /** As {@link #with}, for kinds whose conditions also tell when they were last updated. */
    public Conditions updated(Said said, Instant now) {
        return says(said) ? this : renewed(said, now);
    }

    /** As {@link #updated}, but the time of the update moves even where the condition says so already. */
    public Conditions renewed(Said said, Instant now) {
        return set(said, JsonObject.of("lastUpdateTime", Times.seconds(now)), now);
    }

    /** As {@link #with}, for kinds whose conditions also tell when they were last looked at. */
    public Conditions probed(Said said, Instant now) {
        return says(said) ? this : set(said, JsonObject.of("lastProbeTime", Times.seconds(now)), now);
    }

    private boolean says(Said said) {
        return find(said.type()).filter(c -> c.text("status").equals(said.status())
                && c.text("reason").equals(said.reason()) && c.text("message").equals(said.message())).isPresent();
    }

    private Conditions set(Said said, JsonObject times, Instant now) {
        String since = find(said.type()).filter(c -> c.text("status").equals(said.status()))
                .map(c -> c.text("lastTransitionTime")).orElse(Times.seconds(now));
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
