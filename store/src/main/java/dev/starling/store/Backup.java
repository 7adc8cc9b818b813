package dev.starling.store;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;

/**
 * All entries of a store at one revision in one file: a magic text, the revision, the entries with their revisions,
 * a zero, and the SHA-256 of all before it. The values are as the store's codec writes them, so that what is encrypted
 * stays so. A live store goes on meanwhile.
 *
 * <p>A restored store stands far above every revision that the old one can have told after the backup, with no
 * history: clients that come back see time go on, and read everything anew.
 */
public final class Backup {
    /** More than a store writes between two backups. */
    static final long REVISIONS_SKIPPED = 1_000_000_000;
    /** The length of the checksum at the end. */
    public static final int CHECKSUM_BYTES = 32;

    private static final byte[] MAGIC = "STARBAK1".getBytes(StandardCharsets.US_ASCII);
    private static final int MOST_RECORD_BYTES = 64 << 20;
    private static final int COPY_BYTES = 1 << 16;

    private Backup() {
    }

    /** Writes the newest state to a stream, which stays open; returns its revision. */
    public static <V> long write(RevisionStore<V> store, Codec<V> codec, OutputStream to) throws IOException {
        var page = store.range(RangeQuery.prefix(""));
        var format = new RecordFormat<>(codec);
        var digest = sha256();
        var out = new DataOutputStream(new DigestOutputStream(to, digest));
        out.write(MAGIC);
        out.writeLong(page.revision());
        for (var entry : page.entries()) {
            byte[] record = format.encode(
                    new Change<>(entry.key(), entry.revision(), Optional.empty(), Optional.of(entry)));
            out.writeLong(entry.revision());
            out.writeInt(record.length);
            out.write(record);
        }
        out.writeLong(0);
        out.flush();
        to.write(digest.digest());
        to.flush();
        return page.revision();
    }

    /**
     * Makes a store of a backup in a folder that does not exist or is empty. Killed in between, it leaves nothing in
     * the folder, only one beside it whose name ends in {@code .restoring}.
     *
     * @return the revision at which the restored store stands
     * @throws CorruptStoreException when the file is damaged or is no backup, or something is in the folder
     */
    public static long restore(Path file, Path folder) throws IOException {
        var target = folder.toAbsolutePath().normalize();
        refuseUsed(target);
        check(file);
        Files.createDirectories(target);
        var making = target.resolveSibling(target.getFileName() + ".restoring");
        remove(making);
        Files.createDirectories(making);
        long revision;
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), COPY_BYTES))) {
            revision = DiskStore.restore(making, entries(in));
        }
        Files.move(making, target, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        DurableFile.forceFolder(target.getParent());
        return revision;
    }

    private static void refuseUsed(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.list(folder)) {
            if (files.findAny().isPresent()) {
                throw new CorruptStoreException("the folder " + folder
                        + " is not empty; a backup is restored into an empty one only");
            }
        }
    }

    /** Reads the whole file once before anything is made. */
    private static void check(Path file) throws IOException {
        long length = Files.size(file);
        if (length < MAGIC.length + 2 * Long.BYTES + CHECKSUM_BYTES) {
            throw new CorruptStoreException("the file " + file + " is cut short or no backup");
        }
        var digest = sha256();
        try (var in = Files.newInputStream(file)) {
            byte[] magic = in.readNBytes(MAGIC.length);
            if (!Arrays.equals(magic, MAGIC)) {
                throw new CorruptStoreException("the file " + file + " is no backup that this version knows");
            }
            digest.update(magic);
            digest(in, length - MAGIC.length - CHECKSUM_BYTES, digest);
            if (!MessageDigest.isEqual(digest.digest(), in.readNBytes(CHECKSUM_BYTES))) {
                throw new CorruptStoreException("the backup " + file
                        + " is damaged: its checksum does not match; use another one");
            }
        }
    }

    private static void digest(InputStream in, long length, MessageDigest digest) throws IOException {
        for (long left = length; left > 0;) {
            byte[] step = in.readNBytes((int) Math.min(COPY_BYTES, left));
            if (step.length == 0) {
                throw new CorruptStoreException("the backup became shorter while it was read");
            }
            digest.update(step);
            left -= step.length;
        }
    }

    /** The entries of a checked backup, one by one. */
    static final class Entries {
        private final DataInputStream in;
        private final long snapshot;
        private byte[] record = new byte[0];

        private Entries(DataInputStream in, long snapshot) {
            this.in = in;
            this.snapshot = snapshot;
        }

        /** The revision of the whole. */
        long snapshot() {
            return snapshot;
        }

        /** The revision of the next entry; 0 at the end. */
        long next() throws IOException {
            long revision = in.readLong();
            if (revision == 0) {
                return 0;
            }
            int length = in.readInt();
            if (revision < 0 || revision > snapshot || length < 0 || length > MOST_RECORD_BYTES) {
                throw new CorruptStoreException("the backup holds an entry that cannot be");
            }
            record = in.readNBytes(length);
            return revision;
        }

        byte[] record() {
            return record;
        }
    }

    private static Entries entries(DataInputStream in) throws IOException {
        in.skipNBytes(MAGIC.length);
        return new Entries(in, in.readLong());
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }
}
