package dev.starling.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.rocksdb.RocksDBException;

/**
 * A store in a folder, for one process at a time. Reads are served from memory; the disk sees commits and, at the
 * start, recovery. One platform thread writes.
 */
public final class DiskStore<V> implements RevisionStore<V> {
    private static final String FORMAT_FILE = "FORMAT";
    private static final String FORMAT = "starling-store 1";
    private static final String FORMAT_PART_FILE = "FORMAT.part";
    private static final String LOCK_FILE = "LOCK";
    private static final String DATABASE = "rocks";
    private static final String NATIVE = "native";
    private static final String REMEDY = "; restore the folder from a backup, or move it away to start empty";

    private final ProcessLock lock;
    private final RocksLog<V> log;
    private final Image<V> image;
    private final GroupCommit<V> group;
    private final CommitDriver driver;

    private DiskStore(ProcessLock lock, RocksLog<V> log, Image<V> image, GroupCommit<V> group) {
        this.lock = lock;
        this.log = log;
        this.image = image;
        this.group = group;
        this.driver = CommitDriver.start("starling-commit", group);
    }

    /**
     * Opens the store in a folder, which is created if it does not exist.
     *
     * @throws StoreLockedException when another store has it open, here or in another process
     * @throws CorruptStoreException when the folder holds something else, or what was stored cannot be read back
     * @throws StoreUnavailableException when the disk refuses
     */
    public static <V> DiskStore<V> open(Path folder, Codec<V> codec, StoreSettings settings, InstantSource clock) {
        try {
            Files.createDirectories(folder);
        } catch (IOException refused) {
            throw new StoreUnavailableException("cannot create the store folder " + folder + ": " + refused, refused);
        }
        var lock = ProcessLock.take(folder.resolve(LOCK_FILE), folder);
        boolean opened = false;
        try {
            var store = open(folder, codec, lock, new Bounds(settings, clock));
            opened = true;
            return store;
        } catch (CorruptStoreException corrupt) {
            throw new CorruptStoreException("the store in " + folder + " is corrupt: " + corrupt.getMessage() + REMEDY,
                    corrupt);
        } catch (IOException refused) {
            throw new StoreUnavailableException("cannot read the store folder " + folder + ": " + refused, refused);
        } finally {
            if (!opened) {
                lock.close();
            }
        }
    }

    private record Bounds(StoreSettings settings, InstantSource clock) {}

    private static <V> DiskStore<V> open(Path folder, Codec<V> codec, ProcessLock lock, Bounds bounds)
            throws IOException {
        boolean fresh = isFresh(folder);
        NativeLibrary.load(folder.resolve(NATIVE));
        var log = openLog(folder.resolve(DATABASE), codec, fresh);
        boolean recovered = false;
        try {
            var image = log.recover();
            if (fresh) {
                writeFormat(folder);
            }
            var group = new GroupCommit<>(image, log, bounds.settings(), bounds.clock());
            recovered = true;
            return new DiskStore<>(lock, log, image, group);
        } catch (RocksDBException refused) {
            throw translated(refused);
        } finally {
            if (!recovered) {
                log.close();
            }
        }
    }

    /** A folder is a store's once its format is written, which happens when everything else is in place. */
    private static boolean isFresh(Path folder) throws IOException {
        var format = folder.resolve(FORMAT_FILE);
        if (Files.exists(format)) {
            var found = Files.readString(format).strip();
            if (!found.equals(FORMAT)) {
                throw new CorruptStoreException("it has format '" + found + "', but this version reads '" + FORMAT
                        + "'; use the version that wrote it");
            }
            return false;
        }
        try (var files = Files.list(folder)) {
            var strangers = files.map(file -> file.getFileName().toString())
                    .filter(name -> !Set.of(LOCK_FILE, FORMAT_PART_FILE, DATABASE, NATIVE).contains(name))
                    .sorted()
                    .limit(3)
                    .collect(Collectors.joining(", "));
            if (!strangers.isEmpty()) {
                throw new CorruptStoreException("it has no file FORMAT, but holds " + strangers);
            }
        }
        return true;
    }

    private static void writeFormat(Path folder) throws IOException {
        var part = folder.resolve(FORMAT_PART_FILE);
        Files.writeString(part, FORMAT + "\n", StandardOpenOption.CREATE, StandardOpenOption.DSYNC,
                StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        Files.move(part, folder.resolve(FORMAT_FILE), StandardCopyOption.ATOMIC_MOVE);
        DurableFile.forceFolder(folder);
        DurableFile.forceFolder(folder.toAbsolutePath().getParent());
    }

    private static <V> RocksLog<V> openLog(Path folder, Codec<V> codec, boolean fresh) {
        try {
            return new RocksLog<>(folder, codec, Database.open(folder, fresh));
        } catch (RocksDBException refused) {
            throw translated(refused);
        }
    }

    /** Makes a store without history of a backup's entries; returns its revision. */
    static long restore(Path folder, Backup.Entries entries) throws IOException {
        NativeLibrary.load(folder.resolve(NATIVE));
        var database = folder.resolve(DATABASE);
        long revision = entries.snapshot() + Backup.REVISIONS_SKIPPED;
        try (var rocks = Database.open(database, true)) {
            RocksLog.restore(rocks, entries, revision);
        } catch (RocksDBException refused) {
            throw translated(refused);
        }
        writeFormat(folder);
        return revision;
    }

    private static StoreException translated(RocksDBException refused) {
        return Database.corrupt(refused)
                ? new CorruptStoreException(String.valueOf(refused.getMessage()), refused)
                : new StoreUnavailableException("cannot open the store: " + refused.getMessage(), refused);
    }

    @Override
    public long revision() {
        return image.revision();
    }

    @Override
    public long compactedRevision() {
        return image.compactedRevision();
    }

    @Override
    public Optional<Entry<V>> get(String key) {
        return image.entry(key);
    }

    @Override
    public Optional<Entry<V>> get(String key, long revision) {
        return image.entry(key, revision);
    }

    @Override
    public Page<V> range(RangeQuery query) {
        return image.range(query);
    }

    @Override
    public long commit(Write<V> write) {
        return group.submit(write).await();
    }

    @Override
    public Changes<V> changes(String prefix, long afterRevision) {
        return group.feed().open(prefix, afterRevision);
    }

    @Override
    public void compact(long revision) {
        group.submit(new Compaction<>(revision)).await();
    }

    @Override
    public void probe(Duration most) {
        group.submit(new Probe<>()).await(most);
    }

    @Override
    public StoreCounters counters() {
        return group.counters();
    }

    @Override
    public void close() {
        driver.close();
        log.close();
        lock.close();
    }
}
