package dev.starling.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * All keys with their versions back to the compacted revision, and the changes since then, in memory.
 *
 * <p>One writer at a time; readers take no lock. A reader fixes its revision first and walks to the versions of that
 * revision; the writer adds versions beyond it, publishes the new revision last, and announces a compaction before it
 * removes anything. So a reader that finds its revision still uncompacted afterwards has seen it whole.
 */
final class Image<V> {
    static final long EMPTY_REVISION = 1;

    /** The value of a key since a revision; no entry means deleted. */
    private static final class Version<V> {
        final long revision;
        final Optional<Entry<V>> entry;
        volatile @Nullable Version<V> older;

        Version(long revision, Optional<Entry<V>> entry, @Nullable Version<V> older) {
            this.revision = revision;
            this.entry = entry;
            this.older = older;
        }
    }

    /** All versions of one key. In both maps stands the same object, so that a new version moves neither. */
    private static final class Chain<V> {
        volatile Version<V> newest;

        Chain(Version<V> first) {
            this.newest = first;
        }
    }

    /** For single keys, which are asked for many times in one write. */
    private final ConcurrentHashMap<String, Chain<V>> chains = new ConcurrentHashMap<>();
    /** For ranges. */
    private final ConcurrentSkipListMap<String, Chain<V>> ordered = new ConcurrentSkipListMap<>(KeyOrder.UTF_8);
    private final ConcurrentSkipListMap<Long, Change<V>> history = new ConcurrentSkipListMap<>();
    private volatile long revision;
    private volatile long compacted;

    /** Owned by the writer, because counting a concurrent map walks it. */
    private int historySize;

    Image(long compacted) {
        this.compacted = compacted;
        this.revision = compacted;
    }

    long revision() {
        return revision;
    }

    long compactedRevision() {
        return compacted;
    }

    Optional<Entry<V>> entry(String key) {
        while (true) {
            long at = revision;
            var entry = entryAt(newest(key), at);
            if (at >= compacted) {
                return entry;
            }
        }
    }

    Optional<Entry<V>> entry(String key, long asked) {
        if (asked == 0) {
            return entry(key);
        }
        checkReadable(asked);
        var entry = entryAt(newest(key), asked);
        checkReadable(asked);
        return entry;
    }

    Page<V> range(RangeQuery query) {
        if (query.revision() != 0) {
            checkReadable(query.revision());
            var page = scan(query, query.revision());
            checkReadable(query.revision());
            return page;
        }
        while (true) {
            long at = revision;
            var page = scan(query, at);
            if (at >= compacted) {
                return page;
            }
        }
    }

    private Page<V> scan(RangeQuery query, long at) {
        var entries = new ArrayList<Entry<V>>();
        long remaining = 0;
        for (var candidate : from(query).entrySet()) {
            if (!candidate.getKey().startsWith(query.prefix())) {
                break;
            }
            var entry = entryAt(candidate.getValue().newest, at);
            if (entry.isEmpty()) {
                continue;
            }
            if (query.limit() > 0 && entries.size() == query.limit()) {
                remaining++;
            } else {
                entries.add(entry.get());
            }
        }
        return new Page<>(entries, at, remaining);
    }

    private Map<String, Chain<V>> from(RangeQuery query) {
        boolean resumed = KeyOrder.UTF_8.compare(query.startAfter(), query.prefix()) >= 0;
        return resumed && !query.startAfter().isEmpty()
                ? ordered.tailMap(query.startAfter(), false)
                : ordered.tailMap(query.prefix(), true);
    }

    private @Nullable Version<V> newest(String key) {
        var chain = chains.get(key);
        return chain == null ? null : chain.newest;
    }

    private Optional<Entry<V>> entryAt(@Nullable Version<V> newestVersion, long at) {
        var version = newestVersion;
        while (version != null && version.revision > at) {
            version = version.older;
        }
        return version == null ? Optional.empty() : version.entry;
    }

    void checkReadable(long asked) {
        long oldest = compacted;
        if (asked < oldest) {
            throw new CompactedException(asked, oldest);
        }
        long visible = revision;
        if (asked > visible) {
            throw new FutureRevisionException(asked, visible);
        }
    }

    /**
     * The changes after a revision, in order; what comes meanwhile may be among them, visible or not. The reader checks
     * at each that where it was before is not compacted.
     */
    Iterable<Change<V>> changesAfter(long after) {
        return history.tailMap(after, false).values();
    }

    /** Adds changes in order and makes them visible together. For the writer. */
    void apply(List<Change<V>> changes) {
        for (var change : changes) {
            add(change.key(), change.revision(), change.current());
            history.put(change.revision(), change);
        }
        historySize += changes.size();
        revision = changes.getLast().revision();
    }

    private void add(String key, long revision, Optional<Entry<V>> entry) {
        var chain = chains.get(key);
        if (chain == null) {
            begin(key, new Version<>(revision, entry, null));
        } else {
            chain.newest = new Version<>(revision, entry, chain.newest);
        }
    }

    private void begin(String key, Version<V> first) {
        var chain = new Chain<>(first);
        chains.put(key, chain);
        ordered.put(key, chain);
    }

    private void remove(String key) {
        chains.remove(key);
        ordered.remove(key);
    }

    /** Takes in what was stored, in order of revisions; what is compacted already has no history. */
    void recover(RecordFormat.Stored<V> stored) {
        var previous = entry(stored.key());
        if (stored.revision() > compacted) {
            if (previous.isEmpty() && stored.entry().isEmpty()) {
                throw new CorruptStoreException("revision " + stored.revision() + " deletes what is not there");
            }
            apply(List.of(new Change<>(stored.key(), stored.revision(), previous, stored.entry())));
        } else if (stored.entry().isPresent()) {
            begin(stored.key(), new Version<>(stored.revision(), stored.entry(), null));
        } else {
            remove(stored.key());
        }
    }

    int historySize() {
        return historySize;
    }

    /** The revision to compact to, so that at most this many changes remain. For the writer. */
    long compactionLeaving(int changes) {
        int surplus = historySize - changes;
        return history.keySet().stream().skip(Math.max(0, surplus - 1L)).findFirst().orElse(compacted);
    }

    /** Forgets what only readers of earlier revisions need, and returns the revisions dropped. For the writer. */
    List<Long> compact(long to) {
        compacted = to;
        var dropped = new ArrayList<Long>();
        var forgotten = history.headMap(to, true);
        for (var change : forgotten.values()) {
            change.previous().ifPresent(previous -> dropped.add(previous.revision()));
            if (change.current().isEmpty()) {
                dropped.add(change.revision());
            }
            trim(change.key(), to);
            historySize--;
        }
        forgotten.clear();
        return dropped;
    }

    private void trim(String key, long to) {
        var version = newest(key);
        while (version != null && version.revision > to) {
            var older = version.older;
            if (older != null && older.revision <= to && older.entry.isEmpty()) {
                version.older = null;
                return;
            }
            version = older;
        }
        if (version == null) {
            return;
        }
        version.older = null;
        if (version.entry.isEmpty()) {
            remove(key);
        }
    }
}
