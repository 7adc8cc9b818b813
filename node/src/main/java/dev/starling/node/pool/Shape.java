package dev.starling.node.pool;

import java.util.Map;
import java.util.TreeMap;

/**
 * What of a sandbox can't be changed after it is made.
 *
 * @param handler of the runtime; empty for the preferred one
 */
public record Shape(String handler, Map<String, String> sysctls) {
    public static final Shape PLAIN = new Shape("", Map.of());

    public Shape {
        sysctls = Map.copyOf(sysctls);
    }

    /** The same text for equal shapes, fit for a label. */
    String label() {
        String sum = Integer.toHexString(new TreeMap<>(sysctls).hashCode());
        return (handler.isEmpty() ? "default" : handler) + "-" + sum;
    }
}
