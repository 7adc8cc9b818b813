package dev.starling.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The few calls that a journal makes on its file, so that a test can let each of them fail. */
interface DurableFile extends AutoCloseable {

    long size() throws IOException;

    /** Reads up to what remains in the target; returns how much, or -1 at the end. */
    int read(ByteBuffer target, long position) throws IOException;

    /** Writes some of the source, at least one byte; returns how much. */
    int write(ByteBuffer source, long position) throws IOException;

    void truncate(long size) throws IOException;

    /** Returns when all that was written and truncated is durable. */
    void force() throws IOException;

    @Override
    void close() throws IOException;

    /** A file of the file system. Its threads must not be interrupted, because that closes it. */
    static DurableFile open(Path path) throws IOException {
        var channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        forceFolder(path.toAbsolutePath().getParent());
        return new DurableFile() {
            @Override
            public long size() throws IOException {
                return channel.size();
            }

            @Override
            public int read(ByteBuffer target, long position) throws IOException {
                return channel.read(target, position);
            }

            @Override
            public int write(ByteBuffer source, long position) throws IOException {
                return channel.write(source, position);
            }

            @Override
            public void truncate(long size) throws IOException {
                channel.truncate(size);
            }

            @Override
            public void force() throws IOException {
                channel.force(false);
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    /** Makes the names in a folder durable. */
    static void forceFolder(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
