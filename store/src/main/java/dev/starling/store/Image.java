package dev.starling.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private final ConcurrentSkipListMap<String, Version<V>> newest = new ConcurrentSkipListMap<>(KeyOrder.UTF_8);
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
            var entry = entryAt(newest.get(key), at);
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
        var entry = entryAt(newest.get(key), asked);
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
            var entry = entryAt(candidate.getValue(), at);
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

    private Map<String, Version<V>> from(RangeQuery query) {
        boolean resumed = KeyOrder.UTF_8.compare(query.startAfter(), query.prefix()) >= 0;
        return resumed && !query.startAfter().isEmpty()
                ? newest.tailMap(query.startAfter(), false)
                : newest.tailMap(query.prefix(), true);
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

    /** The first visible change after a revision; the caller checks afterwards that the revision is not compacted. */
    Optional<Change<V>> changeAfter(long after) {
        long visible = revision;
        return Optional.ofNullable(history.higherEntry(after))
                .filter(found -> found.getKey() <= visible)
                .map(Map.Entry::getValue);
    }

    /** Adds changes in order and makes them visible together. For the writer. */
    void apply(List<Change<V>> changes) {
        for (var change : changes) {
            newest.put(change.key(), new Version<>(change.revision(), change.current(), newest.get(change.key())));
            history.put(change.revision(), change);
        }
        historySize += changes.size();
        revision = changes.getLast().revision();
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
            newest.put(stored.key(), new Version<>(stored.revision(), stored.entry(), null));
        } else {
            newest.remove(stored.key());
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
        var version = newest.get(key);
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
            newest.remove(key);
        }
    }
}
