package dev.starling.apiserver.table;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.TreeMap;

/** Texts of cells, as kubectl's printers word them. */
final class Cell {
    static final String UNKNOWN = "<unknown>";
    static final String NONE = "<none>";
    static final String UNSET = "<unset>";

    private Cell() {
    }

    static String age(KubeObject object, Instant now) {
        return since(object.created(), now);
    }

    /** How long ago; {@code <unknown>} where there is no time. */
    static String since(Optional<Instant> time, Instant now) {
        return time.map(t -> duration(Duration.between(t, now))).orElse(UNKNOWN);
    }

    /** A duration for people, as upstream's {@code HumanDuration}: two units while they matter. */
    static String duration(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < -1) {
            return "<invalid>";
        }
        if (seconds < 0) {
            return "0s";
        }
        if (seconds < 120) {
            return seconds + "s";
        }
        long minutes = seconds / 60;
        if (minutes < 10) {
            return two(minutes, "m", seconds % 60, "s");
        }
        if (minutes < 180) {
            return minutes + "m";
        }
        long hours = minutes / 60;
        if (hours < 8) {
            return two(hours, "h", minutes % 60, "m");
        }
        if (hours < 48) {
            return hours + "h";
        }
        return days(hours);
    }

    private static String days(long hours) {
        if (hours < 192) {
            return two(hours / 24, "d", hours % 24, "h");
        }
        if (hours < 24 * 365 * 2) {
            return hours / 24 + "d";
        }
        long years = hours / 24 / 365;
        return hours < 24 * 365 * 8 ? two(years, "y", hours / 24 % 365, "d") : years + "y";
    }

    private static String two(long large, String largeUnit, long small, String smallUnit) {
        return small == 0 ? large + largeUnit : large + largeUnit + small + smallUnit;
    }

    /** Joined by commas; {@code <none>} for nothing. */
    static String joined(Collection<String> texts) {
        return texts.isEmpty() ? NONE : String.join(",", texts);
    }

    /** A label selector; {@code <none>} for one that selects all. */
    static String selector(JsonObject selector) {
        return orNone(LabelSelector.from(selector).toString());
    }

    /** Labels by name; {@code <none>} for nothing. */
    static String labels(JsonObject labels) {
        return joined(new TreeMap<>(labels.texts()).entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue()).toList());
    }

    /** The text; {@code <none>} for an empty one. */
    static String orNone(String text) {
        return text.isEmpty() ? NONE : text;
    }
}
