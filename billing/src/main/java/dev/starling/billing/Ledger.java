package dev.starling.billing;

import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.json.JsonWriter;
import dev.starling.store.CorruptStoreException;
import dev.starling.store.Journal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Every usage span, on disk before anybody can see it. A span is opened once and closed once, however often the same
 * change is told, so a replay after a crash never counts a second twice. Thread-safe.
 */
public final class Ledger implements AutoCloseable {
    private final Journal journal;
    private final ReentrantLock lock = new ReentrantLock(); // guards the two fields below; never held during I/O
    private final Map<String, UsageSpan> spans = new LinkedHashMap<>();
    private long revision;

    /**
     * Reads the journal back; the ledger owns it from now on.
     *
     * @throws CorruptStoreException if a record is no span
     */
    public Ledger(Journal journal) {
        this.journal = journal;
        journal.replay(record -> remember(read(record)));
    }

    private static UsageSpan read(byte[] record) {
        try {
            return UsageSpan.from(JsonReader.readObject(record));
        } catch (JsonException | IllegalArgumentException e) {
            throw new CorruptStoreException("the ledger holds a record that is no usage span: " + e.getMessage(), e);
        }
    }

    private void remember(UsageSpan span) {
        lock.lock();
        try {
            spans.put(span.uid(), span);
            revision = Math.max(revision, Math.max(span.openedAt(), span.closedAt()));
        } finally {
            lock.unlock();
        }
    }

    /** Opens a span unless the pod has one already. */
    void open(UsageSpan span) {
        if (find(span.uid()).isEmpty()) {
            append(span);
        }
    }

    /** Closes the span of a pod if it is open, and keeps the receipt of its start. */
    void close(String uid, Instant end, long closedAt, JsonObject receipt) {
        find(uid).filter(UsageSpan::isOpen).ifPresent(span -> append(span.closed(end, closedAt, receipt)));
    }

    private void append(UsageSpan span) {
        JsonObject json = span.json();
        journal.append(JsonWriter.bytes(json));
        remember(span);
    }

    public Optional<UsageSpan> find(String uid) {
        lock.lock();
        try {
            return Optional.ofNullable(spans.get(uid));
        } finally {
            lock.unlock();
        }
    }

    /** All spans, in the order in which they opened. */
    public List<UsageSpan> spans() {
        lock.lock();
        try {
            return List.copyOf(spans.values());
        } finally {
            lock.unlock();
        }
    }

    /** The newest revision that a span came from; changes after it may be missing. */
    public long revision() {
        lock.lock();
        try {
            return revision;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        journal.close();
    }
}
