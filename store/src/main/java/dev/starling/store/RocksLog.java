package dev.starling.store;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * The commit log on RocksDB: one row per revision that somebody may still read, and one row for the compacted revision.
 *
 * <p>What is forgotten is dropped together with the next append, so forgetting costs no force of its own. After a
 * failed append the database is reopened, because RocksDB refuses writes from then on; and the next append also removes
 * what the failed ones may have left, because its revisions were never visible. Owned by the commit writer.
 */
final class RocksLog<V> implements CommitLog<V> {
    private static final Logger LOG = System.getLogger(RocksLog.class.getName());
    private static final byte[] COMPACTED_ROW = "compacted".getBytes(StandardCharsets.US_ASCII);
    private static final int RESTORED_BYTES = 8 << 20;
    private static final long LEAST_ROOM = 8 << 20;
    private static final byte[] FIRST_ROW = RecordFormat.rowKey(0);

    private final Path folder;
    private final RecordFormat<V> format;
    private final List<Long> dropped = new ArrayList<>();
    private Optional<Database> database;
    private long compacted = Image.EMPTY_REVISION;
    private long durable = Image.EMPTY_REVISION;
    private boolean uncertain;

    RocksLog(Path folder, Codec<V> codec, Database database) {
        this.folder = folder;
        this.format = new RecordFormat<>(codec);
        this.database = Optional.of(database);
    }

    /** Reads everything back. */
    Image<V> recover() throws RocksDBException {
        var open = database.orElseThrow();
        byte[] none = ByteBuffer.allocate(Long.BYTES).putLong(Image.EMPTY_REVISION).array();
        compacted = ByteBuffer.wrap(open.row(COMPACTED_ROW, none)).getLong();
        var image = new Image<V>(compacted);
        try (var rows = open.rows()) {
            for (rows.seek(FIRST_ROW); rows.isValid(); rows.next()) {
                image.recover(format.decode(RecordFormat.revision(rows.key()), rows.value()));
            }
            rows.status();
        }
        durable = image.revision();
        return image;
    }

    /** Writes a backup's entries into a new database, as if all before a revision were compacted. */
    static void restore(Database into, Backup.Entries entries, long compacted) throws IOException, RocksDBException {
        try (var batch = new WriteBatch()) {
            batch.put(COMPACTED_ROW, ByteBuffer.allocate(Long.BYTES).putLong(compacted).array());
            for (long revision = entries.next(); revision > 0; revision = entries.next()) {
                batch.put(RecordFormat.rowKey(revision), entries.record());
                if (batch.getDataSize() > RESTORED_BYTES) {
                    into.write(batch);
                    batch.clear();
                }
            }
            into.write(batch);
        }
    }

    @Override
    public Frame frame(Change<V> change) {
        return new Frame(change.revision(), format.encode(change));
    }

    @Override
    public void append(List<Frame> frames) {
        try (var batch = new WriteBatch()) {
            fill(batch, frames);
            reopened().write(batch);
        } catch (RocksDBException refused) {
            uncertain = true;
            throw unavailable(refused);
        }
        dropped.clear();
        durable = frames.getLast().revision();
        uncertain = false;
    }

    /** Writes again from where history begins; that it does no harm twice makes it a good probe. */
    @Override
    public void probe() {
        requireRoom();
        try (var batch = new WriteBatch()) {
            compact(batch);
            reopened().write(batch);
        } catch (RocksDBException refused) {
            throw unavailable(refused);
        }
        dropped.clear();
    }

    /** RocksDB writes for a while into room that it took before, so that the last bytes tell nothing. */
    private void requireRoom() {
        try {
            long left = Files.getFileStore(folder).getUsableSpace();
            if (left < LEAST_ROOM) {
                throw new StoreUnavailableException("the disk of " + folder + " has " + left + " bytes left",
                        new IOException("no room"));
            }
        } catch (IOException refused) {
            throw new StoreUnavailableException("the disk of " + folder + " does not tell how much room it has: "
                    + refused.getMessage(), refused);
        }
    }

    private StoreUnavailableException unavailable(RocksDBException refused) {
        release();
        return new StoreUnavailableException("the store cannot write to " + folder + ": " + refused.getMessage(),
                refused);
    }

    private void fill(WriteBatch batch, List<Frame> frames) throws RocksDBException {
        if (uncertain) {
            batch.deleteRange(
                    RecordFormat.rowKey(durable + 1),
                    RecordFormat.rowKey(frames.getFirst().revision()));
        }
        if (!dropped.isEmpty()) {
            compact(batch);
        }
        for (var frame : frames) {
            batch.put(RecordFormat.rowKey(frame.revision()), frame.bytes());
        }
    }

    private void compact(WriteBatch batch) throws RocksDBException {
        batch.put(COMPACTED_ROW, ByteBuffer.allocate(Long.BYTES).putLong(compacted).array());
        for (long revision : dropped) {
            batch.delete(RecordFormat.rowKey(revision));
        }
    }

    private Database reopened() throws RocksDBException {
        if (database.isEmpty()) {
            database = Optional.of(Database.open(folder, false));
            LOG.log(Level.INFO, "reopened the store after a failed write folder=" + folder);
        }
        return database.get();
    }

    private void release() {
        database.ifPresent(Database::close);
        database = Optional.empty();
    }

    @Override
    public void forget(long compactedRevision, List<Long> revisions) {
        compacted = compactedRevision;
        dropped.addAll(revisions);
    }

    @Override
    public void close() {
        release();
    }
}
