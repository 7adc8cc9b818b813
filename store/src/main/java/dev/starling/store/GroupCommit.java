package dev.starling.store;

import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * The one path of all writes: takes what is queued, checks it in order, appends it as one batch, makes it visible,
 * wakes the readers and answers the callers.
 *
 * <p>A passive object: {@link #step} is called by one thread at a time.
 */
final class GroupCommit<V> implements CommitDriver.Loop {
    private final StoreSettings settings;
    private final InstantSource clock;
    private final CommitLog<V> log;
    private final Image<V> image;
    private final ChangeFeed<V> feed;
    private final CommitQueue<Task<V>> queue;
    private final Retention retention;
    private final LongAdder commits = new LongAdder();
    private final LongAdder forces = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder compactions = new LongAdder();
    private volatile int history; // changes that can still be read, after the last step

    /** Owned by the stepping thread. Rises past revisions whose fate a failure left open. */
    private long assigned;

    GroupCommit(Image<V> image, CommitLog<V> log, StoreSettings settings, InstantSource clock) {
        this.image = image;
        this.log = log;
        this.settings = settings;
        this.clock = clock;
        this.feed = new ChangeFeed<>(image);
        this.queue = new CommitQueue<>(settings.queuedWrites(), clock);
        this.retention = new Retention(settings, clock);
        this.assigned = image.revision();
        retention.visible(image.revision());
    }

    /** Queues a task, waiting for room. */
    Pending<Task<V>> submit(Task<V> task) {
        long latestMs = switch (task) {
            case Write<V> write when write.rides() -> clock.millis() + settings.rideTime().toMillis();
            case Write<V> _, Compaction<V> _, Probe<V> _ -> 0;
        };
        return queue.put(task, latestMs);
    }

    ChangeFeed<V> feed() {
        return feed;
    }

    @Override
    public boolean awaitDue() throws InterruptedException {
        return queue.awaitDue();
    }

    /** Commits one batch if something is due, and looks after old history. */
    @Override
    public void step() {
        if (queue.due()) {
            commitBatch();
        }
        compactTo(retention.target(image));
        history = image.historySize();
    }

    private void commitBatch() {
        var draft = new Draft<>(image, log, assigned);
        for (var next = queue.take(); next.isPresent(); next = more(draft)) {
            draft.consider(next.get());
        }
        assigned = draft.assigned();
        try {
            if (!draft.changes().isEmpty()) {
                log.append(draft.frames());
            }
            publish(draft);
        } catch (StoreUnavailableException unavailable) {
            failures.increment();
            draft.fail(unavailable);
        } finally {
            draft.abandon();
        }
    }

    private Optional<Pending<Task<V>>> more(Draft<V> draft) {
        boolean full = draft.bytes() >= settings.batchBytes() || draft.size() >= settings.queuedWrites();
        return full ? Optional.empty() : queue.take();
    }

    private void publish(Draft<V> draft) {
        long before = image.revision();
        if (!draft.changes().isEmpty()) {
            forces.increment();
            commits.add(draft.changes().size());
            image.apply(draft.changes());
            retention.visible(image.revision());
        }
        draft.compaction().ifPresent(this::compactTo);
        draft.answer();
        if (!draft.changes().isEmpty()) {
            feed.published(before, draft.changes());
        }
    }

    private void compactTo(long revision) {
        if (revision <= image.compactedRevision()) {
            return;
        }
        log.forget(revision, image.compact(revision));
        compactions.increment();
    }

    /** Ends what waits. The stepping thread may be in its last step. */
    @Override
    public void close() {
        queue.close().forEach(pending -> pending.failed(new StoreClosedException()));
    }

    StoreCounters counters() {
        return new StoreCounters(commits.sum(), forces.sum(), failures.sum(), queue.fullCount(), feed.overruns(),
                queue.size(), compactions.sum(), history, image.revision(), image.compactedRevision());
    }
}
