package dev.starling.control.workload;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonString;

/** A number, or a percentage of a whole, as {@code maxSurge} has it. */
public final class IntOrPercent {
    private IntOrPercent() {
    }

    /** The number that a value stands for; a value that is neither counts {@code otherwise}. */
    public static int of(Json value, int whole, boolean roundUp, int otherwise) {
        if (!(value instanceof JsonString(var text))) {
            return (int) value.number(otherwise);
        }
        if (!text.endsWith("%")) {
            return otherwise;
        }
        try {
            long hundredfold = Long.parseLong(text.substring(0, text.length() - 1)) * whole;
            return (int) (roundUp ? Math.ceilDiv(hundredfold, 100L) : Math.floorDiv(hundredfold, 100L));
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}
