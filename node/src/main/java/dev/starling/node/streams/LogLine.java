package dev.starling.node.streams;

import dev.starling.kube.object.Times;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * One record of a log in the CRI format: {@code <time> <stream> <P|F> <text>}.
 *
 * @param time as it is written
 * @param full false where the line goes on in the next record of its stream
 */
record LogLine(String time, boolean full, byte[] text) {

    /** Reads a record without its end of line; nothing for what is no record. */
    static Optional<LogLine> parse(byte[] record) {
        int time = space(record, 0);
        int stream = time < 0 ? -1 : space(record, time + 1);
        if (stream < 0) {
            return Optional.empty();
        }
        int tag = space(record, stream + 1);
        int tagEnd = tag < 0 ? record.length : tag;
        boolean partial = tagEnd > stream + 1 && record[stream + 1] == 'P';
        var text = tag < 0 ? new byte[0] : Arrays.copyOfRange(record, tag + 1, record.length);
        return Optional.of(new LogLine(new String(record, 0, time, StandardCharsets.US_ASCII), !partial, text));
    }

    private static int space(byte[] record, int from) {
        for (int i = from; i < record.length; i++) {
            if (record[i] == ' ') {
                return i;
            }
        }
        return -1;
    }

    boolean since(Instant start) {
        return Times.parse(time).map(t -> !t.isBefore(start)).orElse(true);
    }
}
