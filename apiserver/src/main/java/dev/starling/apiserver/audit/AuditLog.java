package dev.starling.apiserver.audit;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonWriter;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.metric.Metric;
import dev.starling.kube.metric.MetricSource;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Writes events as JSON lines to a file, which it begins anew at a size, keeping some of the old ones. Requests only
 * put events into a bounded queue; when that is full, an event is counted as dropped, or the request waits.
 */
public final class AuditLog implements Loop, MetricSource, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AuditLog.class.getName());

    private final Settings settings;
    private final ArrayBlockingQueue<JsonObject> queue;
    private final LongAdder written = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final Driver.Running running;

    /**
     * Where and how much.
     *
     * @param fileBytes at which size a new file begins
     * @param oldFiles how many old ones are kept: {@code FILE.1} is the youngest
     * @param queued how many events may wait
     * @param blocks whether requests wait for a place rather than go unrecorded
     */
    public record Settings(Path file, long fileBytes, int oldFiles, int queued, boolean blocks) {
        public Settings {
            if (fileBytes <= 0 || oldFiles < 0 || queued <= 0) {
                throw new IllegalArgumentException("a bound of the audit log is not positive");
            }
        }

        public static Settings of(Path file) {
            return new Settings(file, 100 << 20, 10, 10_000, false);
        }
    }

    /** Begins to write. */
    public AuditLog(Settings settings, Driver driver) {
        this.settings = settings;
        this.queue = new ArrayBlockingQueue<>(settings.queued());
        try {
            if (!Files.exists(settings.file())) {
                Files.createFile(settings.file(),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.newOutputStream(settings.file(), StandardOpenOption.APPEND).close();
        } catch (IOException e) {
            throw new AuditException("the audit log " + settings.file() + " can't be written: "
                    + (Files.isDirectory(settings.file()) ? "it is a directory" : e.getMessage()));
        }
        this.running = driver.start(this);
    }

    @Override
    public String name() {
        return "audit";
    }

    /** Takes an event, which is written soon. */
    public void record(JsonObject event) {
        boolean taken = queue.offer(event);
        if (!taken && settings.blocks()) {
            taken = waited(event);
        }
        if (!taken) {
            dropped.increment();
        }
        running.wake();
    }

    private boolean waited(JsonObject event) {
        try {
            running.wake();
            return queue.offer(event, 1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public Next step(Instant now) {
        var events = new ArrayList<JsonObject>();
        queue.drainTo(events, 1_000);
        if (!events.isEmpty()) {
            write(events);
        }
        return events.isEmpty() ? Next.WHEN_WOKEN : Next.AGAIN;
    }

    private void write(List<JsonObject> events) {
        try {
            if (Files.exists(settings.file()) && Files.size(settings.file()) >= settings.fileBytes()) {
                rotate();
            }
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(settings.file(),
                    StandardOpenOption.CREATE, StandardOpenOption.APPEND))) {
                for (var event : events) {
                    out.write(JsonWriter.bytes(event));
                    out.write('\n');
                }
            }
            written.add(events.size());
        } catch (IOException | UncheckedIOException e) {
            dropped.add(events.size());
            LOG.log(Level.ERROR, "audit events lost events=" + events.size() + " file=" + settings.file(), e);
        }
    }

    private void rotate() throws IOException {
        var file = settings.file();
        if (settings.oldFiles() == 0) {
            Files.delete(file);
            return;
        }
        for (int i = settings.oldFiles(); i > 1; i--) {
            var younger = numbered(i - 1);
            if (Files.exists(younger)) {
                Files.move(younger, numbered(i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.move(file, numbered(1), StandardCopyOption.REPLACE_EXISTING);
    }

    private Path numbered(int number) {
        return settings.file().resolveSibling(settings.file().getFileName() + "." + number);
    }

    /** Events in the file. */
    public long written() {
        return written.sum();
    }

    /** Events lost because the queue was full or the disk refused. */
    public long dropped() {
        return dropped.sum();
    }

    @Override
    public List<Metric> metrics() {
        return List.of(
                Metric.counter("apiserver_audit_event_total", "Audit events that were written.", Map.of(), written()),
                Metric.counter("apiserver_audit_error_total",
                        "Audit events that were lost, because too many waited or the disk refused.",
                        Map.of("plugin", "log"), dropped()),
                Metric.gauge("apiserver_audit_queued_events", "Audit events that wait to be written.", Map.of(),
                        queue.size()));
    }

    /** Writes what waits. */
    @Override
    public void close() {
        running.close();
        while (!queue.isEmpty()) {
            step(Instant.EPOCH);
        }
    }
}
