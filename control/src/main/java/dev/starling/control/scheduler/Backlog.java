package dev.starling.control.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The pods that wait for a node, by {@code namespace/name}. Owned by one thread; it has no clock.
 *
 * <pre>
 * add → ready → take → tried ─ refused → parked ─ wake (an event may help, or 5 minutes passed) → paused → ready
 *                           │            └ retry → paused (its refusal, or what it waits for, failed)
 *                           └ failed  → paused
 *                           └ remove (bound, or gone)
 * </pre>
 * The important are taken first, then the oldest. The pause after a try doubles from 1 s to 10 s. Refused pods that ask
 * the same are parked together, so that an event is judged once for all of them.
 */
final class Backlog {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST_PARKED = Duration.ofMinutes(5);

    /** Who comes first. */
    record Rank(long priority, Instant created) {
    }

    /** Numbers of pods. */
    record Waiting(long ready, long paused, long parked) {
    }

    /** How many pods of those that ask the same an event may help. */
    interface Hint {
        /** @param causes why they were refused */
        long helped(PodFacts pod, Set<Objection.Kind> causes);
    }

    private enum State { NEW, READY, PAUSED, TRIED, PARKED, GONE }

    private static final class Entry {
        private final String key;
        private final Rank rank;
        private State state = State.NEW;
        private int tries;
        private Instant at; // due, if paused; tried, if tried or parked

        Entry(String key, Rank rank, Instant at) {
            this.key = key;
            this.rank = rank;
            this.at = at;
        }
    }

    /** Parked pods that ask the same. */
    private record Cohort(PodFacts pod, Set<Objection.Kind> causes, Map<String, Entry> entries) {
    }

    private static final Comparator<Entry> FIRST = Comparator.comparingLong((Entry e) -> -e.rank.priority())
            .thenComparing(e -> e.rank.created()).thenComparing(e -> e.key);

    private final Map<String, Entry> entries = new HashMap<>();
    private final long[] counts = new long[State.values().length]; // of entries, by state
    private final PriorityQueue<Entry> ready = new PriorityQueue<>(FIRST); // with some that are ready no more
    private final PriorityQueue<Entry> paused = // with some that are paused no more
            new PriorityQueue<>(Comparator.comparing((Entry e) -> e.at).thenComparing(FIRST));
    private final Map<String, Entry> parked = new LinkedHashMap<>(); // the longest parked first
    private final Map<PodFacts.Ask, Cohort> cohorts = new HashMap<>();
    private final Map<String, PodFacts.Ask> cohortOf = new HashMap<>();

    /** Makes a pod ready now, whatever was before. */
    void add(String key, Rank rank, Instant now) {
        remove(key);
        var entry = new Entry(key, rank, now);
        entries.put(key, entry);
        become(entry, State.READY);
        ready.add(entry);
    }

    void remove(String key) {
        var entry = entries.remove(key);
        if (entry != null) {
            unpark(entry);
            become(entry, State.GONE);
        }
    }

    /** The first of the pods that are ready; each is being tried from now on. */
    List<String> take(Instant now, int most) {
        flush(now);
        while (!paused.isEmpty() && (paused.peek().state != State.PAUSED || !paused.peek().at.isAfter(now))) {
            var entry = paused.poll();
            if (entry.state == State.PAUSED) {
                become(entry, State.READY);
                ready.add(entry);
            }
        }
        var taken = new ArrayList<String>();
        while (taken.size() < most && !ready.isEmpty()) {
            var entry = ready.poll();
            if (entry.state == State.READY) {
                become(entry, State.TRIED);
                entry.tries++;
                entry.at = now;
                taken.add(entry.key);
            }
        }
        return taken;
    }

    /** Takes one pod out of its turn, for another of its group is tried: whether it waits. */
    boolean take(String key, Instant now) {
        var entry = entries.get(key);
        if (entry == null || entry.state == State.TRIED) {
            return false;
        }
        unpark(entry);
        var taken = new Entry(key, entry.rank, now);
        become(taken, State.TRIED);
        taken.tries = entry.tries + 1;
        become(entry, State.GONE);
        entries.put(key, taken);
        return true;
    }

    private void flush(Instant now) {
        while (!parked.isEmpty()) {
            var longest = parked.values().iterator().next();
            if (now.isBefore(longest.at.plus(LONGEST_PARKED))) {
                return;
            }
            pause(longest, now, longest.at);
        }
    }

    /** No node takes a pod: it waits for an event that may help. */
    void refused(PodFacts pod, Set<Objection.Kind> causes) {
        var entry = entries.get(pod.key());
        if (entry == null || entry.state != State.TRIED) {
            return;
        }
        become(entry, State.PARKED);
        parked.put(entry.key, entry);
        var cohort = cohorts.computeIfAbsent(pod.ask(), ask ->
                new Cohort(pod, EnumSet.noneOf(Objection.Kind.class), new LinkedHashMap<>()));
        cohort.causes().addAll(causes);
        cohort.entries().put(entry.key, entry);
        cohortOf.put(entry.key, pod.ask());
    }

    /** The attempt to place a pod failed. */
    void failed(String key, Instant now) {
        in(State.TRIED, key).ifPresent(entry -> pause(entry, now, now));
    }

    /** A parked pod could not be told that it is refused, or what it waits for will not come. */
    void retry(String key, Instant now) {
        in(State.PARKED, key).ifPresent(entry -> pause(entry, now, now));
    }

    /** Something happened that may help this pod: if it is parked, it is ready once its pause is over. */
    void wake(String key, Instant now) {
        in(State.PARKED, key).ifPresent(entry -> pause(entry, now, entry.at));
    }

    private Optional<Entry> in(State state, String key) {
        return Optional.ofNullable(entries.get(key)).filter(entry -> entry.state == state);
    }

    /** Something happened: those parked pods that it may help are ready once their pause is over. */
    void wake(Instant now, Hint hint) {
        for (var cohort : List.copyOf(cohorts.values())) {
            long helped = hint.helped(cohort.pod(), cohort.causes());
            if (helped > 0) {
                cohort.entries().values().stream().sorted(FIRST).limit(helped).toList()
                        .forEach(entry -> pause(entry, now, entry.at));
            }
        }
    }

    /** Whether anybody waits for an event. */
    boolean hasParked() {
        return !parked.isEmpty();
    }

    private void pause(Entry entry, Instant now, Instant since) {
        unpark(entry);
        var rested = since.plus(pause(entry.tries));
        entry.at = rested.isAfter(now) ? rested : now;
        become(entry, State.PAUSED);
        paused.add(entry);
    }

    private void unpark(Entry entry) {
        parked.remove(entry.key);
        var ask = cohortOf.remove(entry.key);
        if (ask != null) {
            var cohort = cohorts.get(ask);
            cohort.entries().remove(entry.key);
            if (cohort.entries().isEmpty()) {
                cohorts.remove(ask);
            }
        }
    }

    /** When {@link #take} may give something. */
    Optional<Instant> nextDue() {
        while (!ready.isEmpty() && ready.peek().state != State.READY) {
            ready.poll();
        }
        if (!ready.isEmpty()) {
            return Optional.of(ready.peek().at);
        }
        while (!paused.isEmpty() && paused.peek().state != State.PAUSED) {
            paused.poll();
        }
        var soonest = paused.isEmpty() ? Stream.<Instant>empty() : Stream.of(paused.peek().at);
        var flush = parked.values().stream().limit(1).map(entry -> entry.at.plus(LONGEST_PARKED));
        return Stream.concat(soonest, flush).min(Instant::compareTo);
    }

    int size() {
        return entries.size();
    }

    /** How many wait for their turn, for the end of a pause, and for an event. */
    Waiting waiting() {
        return new Waiting(counts[State.READY.ordinal()], counts[State.PAUSED.ordinal()],
                counts[State.PARKED.ordinal()]);
    }

    private void become(Entry entry, State state) {
        counts[entry.state.ordinal()]--;
        counts[state.ordinal()]++;
        entry.state = state;
    }

    private static Duration pause(int tries) {
        var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(Math.max(tries - 1, 0), 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
