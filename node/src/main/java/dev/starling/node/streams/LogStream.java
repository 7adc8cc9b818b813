package dev.starling.node.streams;

import dev.starling.kube.api.PodStreams.LogQuery;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * A log as plain text. A following stream waits for more at the end of the file, looking at it at most ten times a
 * second, until its container has ended or it is closed. One thread reads; any thread may close.
 */
final class LogStream extends InputStream {
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int BLOCK = 16_384;

    private final Path file;
    private final LogQuery query;
    private final BooleanSupplier ended;
    private final Instant since;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closing = lock.newCondition();
    private final ByteArrayOutputStream record = new ByteArrayOutputStream(); // owned by the reader
    private final byte[] block = new byte[BLOCK]; // owned by the reader
    private byte[] ready = new byte[0]; // owned by the reader
    private int at; // owned by the reader
    private long position = -1; // owned by the reader
    private long left; // owned by the reader
    private boolean lineBegun; // owned by the reader
    private volatile boolean closed;

    LogStream(Path file, LogQuery query, BooleanSupplier ended) {
        this.file = file;
        this.query = query;
        this.ended = ended;
        this.since = query.since().orElse(Instant.EPOCH);
        this.left = query.limitBytes().orElse(Long.MAX_VALUE);
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = (int) Math.min(Math.min(length, ready.length - at), left);
        System.arraycopy(ready, at, into, offset, count);
        at += count;
        left -= count;
        return count;
    }

    @Override
    public int available() {
        return (int) Math.min(ready.length - at, left);
    }

    /** Has something ready; false at the end. */
    private boolean fill() throws IOException {
        while (at == ready.length && left > 0 && !closed) {
            boolean over = !query.follow() || ended.getAsBoolean();
            if (!more() && at == ready.length) {
                if (over) {
                    return false;
                }
                pause();
            }
        }
        return left > 0 && !closed;
    }

    /** Takes the next block of the file; false if there was none. */
    private boolean more() throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        try (var log = new RandomAccessFile(file.toFile(), "r")) {
            if (position < 0) {
                position = query.tailLines().isPresent() ? LogFile.tailStart(log, query.tailLines().getAsInt()) : 0;
            }
            if (position >= log.length()) {
                return false;
            }
            log.seek(position);
            int count = log.read(block);
            position += Math.max(0, count);
            var text = new ByteArrayOutputStream();
            for (int i = 0; i < count; i++) {
                if (block[i] == '\n') {
                    LogLine.parse(record.toByteArray()).ifPresent(line -> write(line, text));
                    record.reset();
                } else {
                    record.write(block[i]);
                }
            }
            ready = text.toByteArray();
            at = 0;
            return true;
        }
    }

    private void write(LogLine line, ByteArrayOutputStream text) {
        if (!line.since(since)) {
            return;
        }
        if (query.timestamps() && !lineBegun) {
            text.writeBytes((line.time() + " ").getBytes(StandardCharsets.US_ASCII));
        }
        text.writeBytes(line.text());
        if (line.full()) {
            text.write('\n');
        }
        lineBegun = !line.full();
    }

    private void pause() throws IOException {
        lock.lock();
        try {
            if (!closed && closing.await(PAUSE.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while following a log", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            closing.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
