package dev.starling.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * How a change is stored: under 'r' and its revision, big-endian so that changes lie in order, one byte for what it is,
 * the create revision, the length of the key and the key in UTF-8, and the value as the codec wrote it.
 */
final class RecordFormat<V> {
    private static final byte STORED = 1;
    private static final byte DELETED = 2;
    private static final int HEAD_BYTES = 1 + Long.BYTES + Integer.BYTES;

    /** A change as it was read back. */
    record Stored<V>(String key, long revision, Optional<Entry<V>> entry) {}

    private final Codec<V> codec;

    RecordFormat(Codec<V> codec) {
        this.codec = codec;
    }

    static byte[] rowKey(long revision) {
        return ByteBuffer.allocate(1 + Long.BYTES).put((byte) 'r').putLong(revision).array();
    }

    static long revision(byte[] rowKey) {
        return ByteBuffer.wrap(rowKey).getLong(1);
    }

    byte[] encode(Change<V> change) {
        byte[] key = change.key().getBytes(StandardCharsets.UTF_8);
        byte[] value = change.current().map(entry -> codec.encode(entry.value())).orElseGet(() -> new byte[0]);
        return ByteBuffer.allocate(HEAD_BYTES + key.length + value.length)
                .put(change.current().isPresent() ? STORED : DELETED)
                .putLong(change.current().map(Entry::createRevision).orElse(0L))
                .putInt(key.length)
                .put(key)
                .put(value)
                .array();
    }

    /** Throws {@link CorruptStoreException} that names the key, as far as it can be read. */
    Stored<V> decode(long revision, byte[] bytes) {
        var in = ByteBuffer.wrap(bytes);
        if (in.remaining() < HEAD_BYTES) {
            throw new CorruptStoreException("the record of revision " + revision + " is cut short");
        }
        byte what = in.get();
        long createRevision = in.getLong();
        int keyLength = in.getInt();
        if (what < STORED || what > DELETED || keyLength < 1 || keyLength > in.remaining()) {
            throw new CorruptStoreException("the record of revision " + revision + " is malformed");
        }
        var key = new String(bytes, in.position(), keyLength, StandardCharsets.UTF_8);
        in.position(in.position() + keyLength);
        if (what == DELETED) {
            return new Stored<>(key, revision, Optional.empty());
        }
        byte[] value = new byte[in.remaining()];
        in.get(value);
        return new Stored<>(key, revision, Optional.of(new Entry<>(key, value(key, value), createRevision, revision)));
    }

    private V value(String key, byte[] bytes) {
        try {
            return codec.decode(bytes);
        } catch (RuntimeException malformed) {
            throw new CorruptStoreException("the value of key " + key + " is malformed: " + malformed, malformed);
        }
    }
}
