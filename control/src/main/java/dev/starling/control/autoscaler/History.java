package dev.starling.control.autoscaler;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What one autoscaler wanted and did of late. Immutable; nothing older than an hour, the longest window, is kept.
 *
 * @param wishes how many replicas the metrics asked for, the oldest first
 * @param moves by how much the scale was changed
 */
record History(List<Entry> wishes, List<Entry> moves) {
    static final History NONE = new History(List.of(), List.of());
    private static final Duration KEPT = Duration.ofHours(1);

    /** A number at a time. */
    record Entry(Instant at, int number) {
    }

    History {
        wishes = List.copyOf(wishes);
        moves = List.copyOf(moves);
    }

    History wishing(int replicas, Instant now) {
        return new History(plus(wishes, new Entry(now, replicas)), moves);
    }

    History moved(int from, int to, Instant now) {
        return new History(wishes, plus(moves, new Entry(now, to - from)));
    }

    private static List<Entry> plus(List<Entry> entries, Entry entry) {
        var kept = new ArrayList<>(entries.stream().filter(e -> e.at().isAfter(entry.at().minus(KEPT))).toList());
        kept.add(entry);
        return kept;
    }

    /** How many replicas there were before the moves of a period. */
    int atStart(int current, Duration period, Instant now) {
        return current - moves.stream().filter(m -> m.at().isAfter(now.minus(period))).mapToInt(Entry::number).sum();
    }

    /** The wishes of a window, and the newest one. */
    Stream<Integer> wishes(Duration window, int newest, Instant now) {
        return Stream.concat(Stream.of(newest), wishes.stream()
                .filter(w -> w.at().isAfter(now.minus(window))).map(Entry::number));
    }
}
