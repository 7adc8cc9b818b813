package dev.starling.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One batch in the making: what each task means after those before it. Nothing is visible yet, and nobody is answered
 * before the batch is durable, because even a conflict may come from a neighbour in the same batch.
 */
final class Draft<V> {
    private final Image<V> image;
    private final CommitLog<V> log;
    private final List<Change<V>> changes = new ArrayList<>();
    private final List<CommitLog.Frame> frames = new ArrayList<>();
    private final List<Pending<Task<V>>> tasks = new ArrayList<>();
    private final List<Runnable> answers = new ArrayList<>();
    private final Map<String, Optional<Entry<V>>> overlay = new HashMap<>();
    private OptionalLong compaction = OptionalLong.empty();
    private long assigned;
    private long bytes;

    Draft(Image<V> image, CommitLog<V> log, long assigned) {
        this.image = image;
        this.log = log;
        this.assigned = assigned;
    }

    void consider(Pending<Task<V>> pending) {
        tasks.add(pending);
        try {
            long revision = switch (pending.task()) {
                case Write<V> write -> write(write);
                case Compaction<V> compact -> compact(compact.revision());
                case Probe<V>() -> probe();
            };
            answers.add(() -> pending.done(revision));
        } catch (RuntimeException refused) {
            // The caller's own: a conflict, or what its value function or codec threw.
            answers.add(() -> pending.failed(refused));
        }
    }

    private long write(Write<V> write) {
        var current = overlay.getOrDefault(write.key(), image.entry(write.key()));
        boolean met = switch (write.expected()) {
            case Expected.Absent() -> current.isEmpty();
            case Expected.Revision(long revision) -> current.map(Entry::revision).equals(Optional.of(revision));
            case Expected.Any() -> true;
        };
        boolean deletesNothing = write.effect() instanceof Effect.Delete && current.isEmpty();
        if (!met || deletesNothing) {
            throw new ConflictException(write.key(), current);
        }
        long revision = assigned + 1;
        Optional<Entry<V>> next = switch (write.effect()) {
            case Effect.Put<V>(var value) -> Optional.of(new Entry<>(
                    write.key(),
                    value.apply(revision),
                    current.map(Entry::createRevision).orElse(revision),
                    revision));
            case Effect.Delete<V>() -> Optional.empty();
        };
        add(new Change<>(write.key(), revision, current, next));
        return revision;
    }

    private void add(Change<V> change) {
        var frame = log.frame(change);
        frames.add(frame);
        changes.add(change);
        overlay.put(change.key(), change.current());
        bytes += frame.bytes().length;
        assigned = change.revision();
    }

    private long compact(long revision) {
        // Revisions that a failed batch gave out were never there.
        long newest = changes.isEmpty() ? image.revision() : assigned;
        if (revision > newest) {
            throw new FutureRevisionException(revision, newest);
        }
        compaction = OptionalLong.of(Math.max(revision, compaction.orElse(0)));
        return revision;
    }

    /** Asks the disk at once, whatever the batch writes: only who asked hears what it says. */
    private long probe() {
        log.probe();
        return assigned;
    }

    List<Change<V>> changes() {
        return changes;
    }

    List<CommitLog.Frame> frames() {
        return frames;
    }

    OptionalLong compaction() {
        return compaction;
    }

    /** The newest revision given out. */
    long assigned() {
        return assigned;
    }

    long bytes() {
        return bytes;
    }

    int size() {
        return tasks.size();
    }

    void answer() {
        answers.forEach(Runnable::run);
    }

    void fail(StoreUnavailableException reason) {
        for (var task : tasks) {
            task.failed(new StoreUnavailableException(String.valueOf(reason.getMessage()), reason));
        }
    }

    /** Leaves nobody waiting whom nobody will answer any more, because a bug ended the batch. */
    void abandon() {
        tasks.stream().filter(task -> !task.answered()).forEach(task -> task.failed(new StoreClosedException()));
    }
}
