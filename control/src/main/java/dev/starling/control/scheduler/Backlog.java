package dev.starling.control.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The pods that wait for a node, by {@code namespace/name}. Owned by one thread; it has no clock.
 *
 * <pre>
 * add → due → take → tried ─ refused → parked ─ retry (the cluster changed, or 5 minutes passed) → due
 *                          └ failed  → due after a pause (a parked pod too: its refusal could not be told)
 *                          └ remove (bound, or gone)
 * </pre>
 * The pause after a try doubles from 1 s to 10 s.
 */
final class Backlog {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST_PARKED = Duration.ofMinutes(5);

    private record Waiting(int tries, Instant due) {
    }

    private record Tried(int tries, Instant at) {
    }

    private final Map<String, Waiting> waiting = new LinkedHashMap<>();
    private final Map<String, Tried> tried = new LinkedHashMap<>();
    private final Map<String, Tried> parked = new LinkedHashMap<>();

    /** Makes a pod due now, whatever was before. */
    void add(String key, Instant now) {
        parked.remove(key);
        tried.remove(key);
        waiting.put(key, new Waiting(0, now));
    }

    void remove(String key) {
        waiting.remove(key);
        tried.remove(key);
        parked.remove(key);
    }

    /** The pods that are due, in the order of their coming; each is being tried from now on. */
    List<String> take(Instant now, int most) {
        parked.entrySet().stream().filter(p -> !now.isBefore(p.getValue().at().plus(LONGEST_PARKED)))
                .map(Map.Entry::getKey).toList().forEach(key -> retry(key, now));
        var due = new ArrayList<String>();
        for (var entry : waiting.entrySet()) {
            if (due.size() < most && !entry.getValue().due().isAfter(now)) {
                due.add(entry.getKey());
            }
        }
        due.forEach(key -> tried.put(key, new Tried(waiting.remove(key).tries() + 1, now)));
        return due;
    }

    /** No node takes a pod: it waits for the cluster to change. */
    void refused(String key) {
        Optional.ofNullable(tried.remove(key)).ifPresent(t -> parked.put(key, t));
    }

    /** The attempt to bind a pod, or to tell it that it is refused, failed. */
    void failed(String key, Instant now) {
        Optional.ofNullable(tried.remove(key)).or(() -> Optional.ofNullable(parked.remove(key))).ifPresent(t ->
                waiting.put(key, new Waiting(t.tries(), now.plus(pause(t.tries())))));
    }

    /** The cluster changed: parked pods are due once their pause is over. */
    void retryAll(Instant now) {
        List.copyOf(parked.keySet()).forEach(key -> retry(key, now));
    }

    private void retry(String key, Instant now) {
        var last = parked.remove(key);
        var rested = last.at().plus(pause(last.tries()));
        waiting.put(key, new Waiting(last.tries(), rested.isAfter(now) ? rested : now));
    }

    /** When {@link #take} may give something. */
    Optional<Instant> nextDue() {
        var soonest = waiting.values().stream().map(Waiting::due).min(Instant::compareTo);
        var flush = parked.values().stream().map(p -> p.at().plus(LONGEST_PARKED)).min(Instant::compareTo);
        return Stream.concat(soonest.stream(), flush.stream()).min(Instant::compareTo);
    }

    int size() {
        return waiting.size() + parked.size() + tried.size();
    }

    private static Duration pause(int tries) {
        var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(Math.max(tries - 1, 0), 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
