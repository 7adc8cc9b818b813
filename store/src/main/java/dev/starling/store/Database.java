package dev.starling.store;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.CompressionType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * One open RocksDB, set up as a log: it is read only at the start, so nothing is cached; little is buffered; and its
 * log files are recycled, because writing over old blocks saves the file system a second write at each force.
 */
final class Database implements AutoCloseable {
    private final Deque<AutoCloseable> opened;
    private final RocksDB rocks;
    private final WriteOptions forced;

    private final ReadOptions wholesale;

    private Database(Deque<AutoCloseable> opened, RocksDB rocks, WriteOptions forced, ReadOptions wholesale) {
        this.wholesale = wholesale;
        this.opened = opened;
        this.rocks = rocks;
        this.forced = forced;
    }

    static Database open(Path folder, boolean create) throws RocksDBException {
        var options = new Options()
                .setCreateIfMissing(create)
                .setWriteBufferSize(4 << 20)
                .setMaxWriteBufferNumber(2)
                .setMaxBackgroundJobs(2)
                .setMaxOpenFiles(256)
                .setMaxTotalWalSize(16 << 20)
                .setRecycleLogFileNum(2)
                .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setTableFormatConfig(new BlockBasedTableConfig().setNoBlockCache(true).setBlockSize(32 << 10))
                .setSkipStatsUpdateOnDbOpen(true)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setMaxLogFileSize(1 << 20)
                .setKeepLogFileNum(2);
        var opened = new ArrayDeque<AutoCloseable>();
        opened.push(options);
        try {
            var rocks = RocksDB.open(options, folder.toString());
            opened.push(rocks);
            var forced = new WriteOptions().setSync(true);
            opened.push(forced);
            var wholesale = new ReadOptions().setReadaheadSize(1 << 20);
            opened.push(wholesale);
            return new Database(opened, rocks, forced, wholesale);
        } catch (RocksDBException refused) {
            options.close();
            throw refused;
        }
    }

    /** Returns when the batch is durable. */
    void write(WriteBatch batch) throws RocksDBException {
        rocks.write(forced, batch);
    }

    RocksIterator rows() {
        return rocks.newIterator(wholesale);
    }

    byte[] row(byte[] key, byte[] absent) throws RocksDBException {
        byte[] found = rocks.get(key);
        return found == null ? absent : found;
    }

    /** Whether what is on disk cannot be understood, rather than that the disk refuses just now. */
    static boolean corrupt(RocksDBException refused) {
        var status = refused.getStatus();
        if (status == null) {
            return false;
        }
        return switch (status.getCode()) {
            case Corruption, InvalidArgument, NotFound, Incomplete -> true;
            case IOError -> status.getSubCode() == Status.SubCode.None
                    && String.valueOf(status.getState()).contains("No such file");
            default -> false;
        };
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception refused) {
                throw new IllegalStateException("RocksDB does not close", refused);
            }
        }
    }
}
