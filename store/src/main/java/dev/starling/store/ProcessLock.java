package dev.starling.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Holds a lock file for as long as this process uses what the file stands for; the file names the process. */
final class ProcessLock implements AutoCloseable {
    private final FileChannel channel;

    private ProcessLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @param guarded what the lock stands for, to be named when another process holds it */
    static ProcessLock take(Path lockFile, Path guarded) {
        try {
            var channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            boolean held = false;
            try {
                held = locks(channel) && signs(channel);
            } finally {
                if (!held) {
                    channel.close();
                }
            }
            if (held) {
                return new ProcessLock(channel);
            }
            throw new StoreLockedException(
                    guarded + " is in use by " + holder(lockFile) + "; stop it, or choose another place");
        } catch (IOException refused) {
            throw new StoreUnavailableException("cannot lock " + guarded + ": " + refused.getMessage(), refused);
        }
    }

    private static boolean signs(FileChannel channel) throws IOException {
        var pid = Long.toString(ProcessHandle.current().pid());
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
        return true;
    }

    private static boolean locks(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            return false;
        }
    }

    private static String holder(Path lockFile) throws IOException {
        var pid = Files.readString(lockFile, StandardCharsets.US_ASCII);
        return pid.isBlank() ? "another process" : "process " + pid;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException refused) {
            throw new StoreUnavailableException("cannot unlock: " + refused.getMessage(), refused);
        }
    }
}
