package dev.starling.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An append-only file of records, for facts that are only ever added. A record is durable when {@link #append} returns;
 * records that are appended together share one force. One process at a time may have it open; all methods may be called
 * from any thread.
 */
public final class Journal implements AutoCloseable {
    private static final int QUEUED_RECORDS = 1_024;
    private static final int BATCH_BYTES = 4 << 20;

    /** The largest record, so that a damaged length is never believed. */
    public static final int MAX_RECORD_BYTES = 16 << 20;

    /** A journal's writer: takes what waits, appends it at once, answers. */
    private static final class Writer implements CommitDriver.Loop {
        private final String name;
        private final JournalFile file;
        private final CommitQueue<Task> queue;

        Writer(String name, JournalFile file, InstantSource clock) {
            this.name = name;
            this.file = file;
            this.queue = new CommitQueue<>(QUEUED_RECORDS, clock);
        }

        @Override
        public boolean awaitDue() throws InterruptedException {
            return queue.awaitDue();
        }

        @Override
        public void step() {
            var batch = new ArrayList<Pending<Task>>();
            long bytes = 0;
            var next = queue.take();
            while (next.isPresent()) {
                batch.add(next.get());
                bytes += next.get().task().bytes();
                next = bytes < BATCH_BYTES ? queue.take() : Optional.empty();
            }
            try {
                write(batch);
            } finally {
                batch.forEach(pending -> pending.failed(new StoreClosedException()));
            }
        }

        private void write(List<Pending<Task>> batch) {
            try {
                var records = new ArrayList<byte[]>();
                for (var pending : batch) {
                    if (pending.task() instanceof Append append) {
                        records.add(append.record());
                    }
                }
                if (!records.isEmpty()) {
                    file.append(records);
                }
                for (var pending : batch) {
                    answer(pending);
                }
            } catch (IOException refused) {
                batch.forEach(pending -> pending.failed(new StoreUnavailableException(
                        "the journal " + name + " cannot be written: " + refused.getMessage(), refused)));
            }
        }

        private void answer(Pending<Task> pending) {
            if (pending.task() instanceof Replay replay) {
                try {
                    file.replay(replay.reader());
                } catch (IOException refused) {
                    pending.failed(new StoreUnavailableException(
                            "the journal " + name + " cannot be read: " + refused.getMessage(), refused));
                } catch (RuntimeException readers) {
                    pending.failed(readers);
                }
            }
            pending.done(0);
        }

        @Override
        public void close() {
            queue.close().forEach(pending -> pending.failed(new StoreClosedException()));
        }
    }

    private sealed interface Task {
        int bytes();
    }

    private record Append(byte[] record) implements Task {
        @Override
        public int bytes() {
            return record.length;
        }
    }

    private record Replay(Consumer<byte[]> reader) implements Task {
        @Override
        public int bytes() {
            return 0;
        }
    }

    private final ProcessLock lock;
    private final JournalFile file;
    private final Writer writer;
    private final CommitDriver driver;

    private Journal(ProcessLock lock, String name, JournalFile file, InstantSource clock) {
        this.lock = lock;
        this.file = file;
        this.writer = new Writer(name, file, clock);
        this.driver = CommitDriver.start("starling-journal", writer);
    }

    /**
     * Opens a journal, which is created if it does not exist. A lock file lies beside it.
     *
     * @throws StoreLockedException when another journal has the file open, here or in another process
     * @throws CorruptStoreException when the file is something else, or a record that was acknowledged is damaged
     * @throws StoreUnavailableException when the disk refuses
     */
    public static Journal open(Path path, InstantSource clock) {
        var lock = ProcessLock.take(path.resolveSibling(path.getFileName() + ".lock"), path);
        return open(lock, path.toString(), () -> DurableFile.open(path), clock);
    }

    /** Opens a file that may fail. */
    @FunctionalInterface
    interface Opener {
        DurableFile open() throws IOException;
    }

    static Journal open(ProcessLock lock, String name, Opener opener, InstantSource clock) {
        boolean opened = false;
        try {
            var journal = new Journal(lock, name, checked(name, opener.open()), clock);
            opened = true;
            return journal;
        } catch (IOException refused) {
            throw new StoreUnavailableException("the journal " + name + " cannot be opened: " + refused, refused);
        } finally {
            if (!opened) {
                lock.close();
            }
        }
    }

    private static JournalFile checked(String name, DurableFile file) throws IOException {
        boolean checked = false;
        try {
            var journal = JournalFile.open(name, file);
            checked = true;
            return journal;
        } finally {
            if (!checked) {
                file.close();
            }
        }
    }

    /**
     * Adds a record and returns when it is durable.
     *
     * @throws StoreUnavailableException when the disk refused; a later try may work
     * @throws StoreClosedException when the journal is closed
     */
    public void append(byte[] record) {
        if (record.length > MAX_RECORD_BYTES) {
            throw new IllegalArgumentException("a record of " + record.length + " bytes is too large");
        }
        writer.queue.put(new Append(record.clone()), 0).await();
    }

    /** Hands every durable record to the reader, in order. It must not call the journal. */
    public void replay(Consumer<byte[]> reader) {
        writer.queue.put(new Replay(reader), 0).await();
    }

    /** Ends waiting appends with {@link StoreClosedException}. */
    @Override
    public void close() {
        driver.close();
        try {
            file.close();
        } catch (IOException refused) {
            throw new StoreUnavailableException("the journal cannot be closed: " + refused.getMessage(), refused);
        } finally {
            lock.close();
        }
    }
}
