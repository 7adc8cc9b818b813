package dev.starling.control.job;

import java.util.BitSet;
import java.util.StringJoiner;

/** The completed indexes of an Indexed Job, written {@code 1,3-5,7} as its status has them. */
record Indexes(BitSet bits) {
    /** A copy; other text than that of a status is read as far as it makes sense. */
    static Indexes parse(String text, int completions) {
        var bits = new BitSet();
        for (String part : text.split(",")) {
            int dash = part.indexOf('-');
            int from = number(dash < 0 ? part : part.substring(0, dash));
            int to = dash < 0 ? from : number(part.substring(dash + 1));
            if (from >= 0 && from <= to && to < completions) {
                bits.set(from, to + 1);
            }
        }
        return new Indexes(bits);
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text.trim());
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    int count() {
        return bits.cardinality();
    }

    @Override
    public String toString() {
        var text = new StringJoiner(",");
        for (int from = bits.nextSetBit(0); from >= 0; from = bits.nextSetBit(bits.nextClearBit(from))) {
            int last = bits.nextClearBit(from) - 1;
            text.add(last == from ? "" + from : last == from + 1 ? from + "," + last : from + "-" + last);
        }
        return text.toString();
    }
}
