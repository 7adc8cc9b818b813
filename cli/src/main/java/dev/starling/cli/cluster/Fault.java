package dev.starling.cli.cluster;

import java.util.List;

/**
 * Something that is wrong with a cluster config.
 *
 * @param path the field names (String) and list positions (Integer) that lead to it
 * @param message what is wrong, without the path
 */
public record Fault(List<Object> path, String message) {
    public Fault {
        path = List.copyOf(path);
    }

    /** {@code fargateProfiles[0].name: message}. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        for (Object step : path) {
            if (step instanceof Integer) {
                text.append('[').append(step).append(']');
            } else {
                text.append(text.isEmpty() ? "" : ".").append(step);
            }
        }
        return text.isEmpty() ? message : text + ": " + message;
    }
}
