package dev.starling.store;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * The layout of a journal and what may be trusted in it. A magic text, then frames: length of the record, checksum over
 * the rest of the frame, how far the file was durable when the frame was written, and the record.
 *
 * <p>A frame that does not check ends the journal, if it may be the trace of a write that was never acknowledged. It
 * may not if a later frame says that the file was durable beyond it: then something acknowledged is damaged.
 *
 * <p>One thread at a time.
 */
final class JournalFile implements AutoCloseable {
    private static final Logger LOG = System.getLogger(JournalFile.class.getName());
    private static final byte[] MAGIC = "STARJRN1".getBytes(StandardCharsets.US_ASCII);
    private static final String MAGIC_ANY_VERSION = "STARJRN";
    private static final int LENGTH_BYTES = Integer.BYTES;
    private static final int HEAD_BYTES = LENGTH_BYTES + Integer.BYTES + Long.BYTES;
    private static final int SEARCH_BYTES = 64 << 10;
    private static final int WINDOW_BYTES = 256 << 10;

    private final String name;
    private final DurableFile file;

    /** Bytes as they were read last, and where they begin. */
    private ByteBuffer window = ByteBuffer.allocate(0);

    private long windowStart;

    /** All bytes before this are durable and checked. */
    private long durable;

    /** Whether bytes after the durable ones may be left from a failed write. */
    private boolean soiled;

    private JournalFile(String name, DurableFile file) {
        this.name = name;
        this.file = file;
    }

    /** Checks the whole file and cuts off a torn tail. */
    static JournalFile open(String name, DurableFile file) throws IOException {
        var journal = new JournalFile(name, file);
        if (file.size() <= MAGIC.length) {
            journal.begin();
        }
        journal.checkMagic();
        journal.durable = MAGIC.length;
        long end = journal.scan(_ -> {}, file.size());
        if (end < file.size()) {
            journal.cutTail(end);
        }
        journal.durable = end;
        // What was read back may so far live only in the page cache of a process that was killed.
        file.force();
        return journal;
    }

    /** Writes the magic, also over what a power cut may have left of it, but over nothing else. */
    private void begin() throws IOException {
        byte[] found = bytes(read(0, (int) file.size()));
        boolean zero = Arrays.equals(found, new byte[found.length]);
        if (!zero && !Arrays.equals(found, Arrays.copyOf(MAGIC, found.length))) {
            return;
        }
        file.truncate(0);
        writeFully(ByteBuffer.wrap(MAGIC), 0);
        file.force();
        window = ByteBuffer.allocate(0);
    }

    private void checkMagic() throws IOException {
        int length = (int) Math.min(MAGIC.length, file.size());
        var found = new String(bytes(read(0, length)), StandardCharsets.ISO_8859_1);
        if (found.equals(new String(MAGIC, StandardCharsets.US_ASCII))) {
            return;
        }
        throw new CorruptStoreException(found.startsWith(MAGIC_ANY_VERSION)
                ? "the journal " + name + " has a format that this version does not know; use the one that wrote it"
                : "the file " + name + " is not a journal; move it away to start empty");
    }

    private void cutTail(long end) throws IOException {
        var acknowledged = frameKnowingDurable(end);
        if (acknowledged.isPresent()) {
            throw new CorruptStoreException("the journal " + name + " is damaged at byte " + end + ", and byte "
                    + acknowledged.get() + " holds a later record; restore it from a backup");
        }
        LOG.log(Level.WARNING, "cut off the torn end of a journal file=" + name + " at=" + end + " bytes="
                + (file.size() - end));
        file.truncate(end);
    }

    /** Hands every record before a limit to the reader, and returns where the first bad frame begins. */
    private long scan(Consumer<byte[]> reader, long limit) throws IOException {
        window = ByteBuffer.allocate(0);
        long position = MAGIC.length;
        while (position < limit) {
            var record = record(position, limit);
            if (record.isEmpty()) {
                return position;
            }
            reader.accept(record.get());
            position += HEAD_BYTES + record.get().length;
        }
        return position;
    }

    /** The record of the frame at a position, if it checks. */
    private Optional<byte[]> record(long position, long limit) throws IOException {
        if (limit - position < HEAD_BYTES) {
            return Optional.empty();
        }
        var head = read(position, HEAD_BYTES);
        int length = head.getInt();
        if (length < 0 || length > Journal.MAX_RECORD_BYTES || length > limit - position - HEAD_BYTES) {
            return Optional.empty();
        }
        int checksum = head.getInt();
        byte[] record = bytes(read(position + HEAD_BYTES, length));
        return checksum == checksum(length, head.getLong(), record) ? Optional.of(record) : Optional.empty();
    }

    private static int checksum(int length, long durableBefore, byte[] record) {
        var crc = new CRC32C();
        crc.update(ByteBuffer.allocate(LENGTH_BYTES + Long.BYTES).putInt(length).putLong(durableBefore).flip());
        crc.update(record);
        return (int) crc.getValue();
    }

    /** Looks behind a bad frame for a good one that was written when the bad one's place was durable. */
    private Optional<Long> frameKnowingDurable(long bad) throws IOException {
        long size = file.size();
        for (long from = bad + 1; from + HEAD_BYTES <= size; from += SEARCH_BYTES) {
            var searched = readFully(from, (int) Math.min(SEARCH_BYTES + HEAD_BYTES - 1L, size - from));
            for (int i = 0; i + HEAD_BYTES <= searched.limit(); i++) {
                long claims = searched.getLong(i + HEAD_BYTES - Long.BYTES);
                boolean plausible = claims > bad && claims <= from + i;
                if (plausible && record(from + i, size).isPresent()) {
                    return Optional.of(from + i);
                }
            }
        }
        return Optional.empty();
    }

    private static byte[] bytes(ByteBuffer from) {
        byte[] copy = new byte[from.remaining()];
        from.get(copy);
        return copy;
    }

    /** Reads through a window, because most records are small. */
    private ByteBuffer read(long position, int length) throws IOException {
        boolean inside = position >= windowStart && position + length <= windowStart + window.limit();
        if (!inside) {
            int ahead = (int) Math.min(WINDOW_BYTES, file.size() - position);
            window = readFully(position, Math.max(length, ahead));
            windowStart = position;
        }
        return window.slice((int) (position - windowStart), length);
    }

    private ByteBuffer readFully(long position, int length) throws IOException {
        var bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, position + bytes.position()) < 0) {
                throw new IOException("the journal " + name + " ended while it was read");
            }
        }
        return bytes.flip();
    }

    /** Adds records with one force. After a failure none of them is in the journal. */
    void append(List<byte[]> records) throws IOException {
        if (soiled) {
            file.truncate(durable);
        }
        soiled = true;
        int bytes = records.stream().mapToInt(record -> HEAD_BYTES + record.length).sum();
        var frames = ByteBuffer.allocate(bytes);
        for (var record : records) {
            frames.putInt(record.length).putInt(checksum(record.length, durable, record)).putLong(durable).put(record);
        }
        writeFully(frames.flip(), durable);
        file.force();
        durable += bytes;
        soiled = false;
    }

    private void writeFully(ByteBuffer bytes, long position) throws IOException {
        while (bytes.hasRemaining()) {
            file.write(bytes, position + bytes.position());
        }
    }

    /** Hands every durable record to the reader, in order. */
    void replay(Consumer<byte[]> reader) throws IOException {
        long end = scan(reader, durable);
        if (end < durable) {
            throw new CorruptStoreException(
                    "the journal " + name + " was damaged at byte " + end + " while open; restore it from a backup");
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
