package dev.starling.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** A file in memory that can run out of room, write short, refuse to force, and lose its power. */
final class FaultyFile implements DurableFile {
    private static final int SECTOR_BYTES = 512;

    private byte[] durable;
    private byte[] written;
    private long room = Long.MAX_VALUE;
    private boolean refusesForce;
    private int shortWrites = Integer.MAX_VALUE;
    private int forces;

    FaultyFile(byte[] content) {
        this.durable = content.clone();
        this.written = content.clone();
    }

    void room(long bytes) {
        room = bytes;
    }

    void refusesForce(boolean refuses) {
        refusesForce = refuses;
    }

    void writesAtMost(int bytes) {
        shortWrites = bytes;
    }

    int forces() {
        return forces;
    }

    byte[] content() {
        return written.clone();
    }

    /** What is left after a power cut: everything forced, and of the rest the sectors that chance wrote. */
    byte[] afterPowerCut(Random chance) {
        int length = chance.nextBoolean() ? written.length : durable.length;
        var left = Arrays.copyOf(durable, length);
        for (int sector = 0; sector < length; sector += SECTOR_BYTES) {
            if (chance.nextBoolean()) {
                int end = Math.min(sector + SECTOR_BYTES, Math.min(length, written.length));
                System.arraycopy(written, sector, left, sector, Math.max(0, end - sector));
            }
        }
        return left;
    }

    @Override
    public synchronized long size() {
        return written.length;
    }

    @Override
    public synchronized int read(ByteBuffer target, long position) {
        if (position >= written.length) {
            return -1;
        }
        int count = (int) Math.min(target.remaining(), written.length - position);
        target.put(written, (int) position, count);
        return count;
    }

    @Override
    public synchronized int write(ByteBuffer source, long position) throws IOException {
        int count = (int) Math.min(Math.min(source.remaining(), shortWrites), room - position);
        if (count <= 0) {
            throw new IOException("No space left on device");
        }
        written = Arrays.copyOf(written, (int) Math.max(written.length, position + count));
        source.get(written, (int) position, count);
        return count;
    }

    @Override
    public synchronized void truncate(long size) {
        written = Arrays.copyOf(written, (int) Math.min(size, written.length));
    }

    @Override
    public synchronized void force() throws IOException {
        forces++;
        if (refusesForce) {
            throw new IOException("Input/output error");
        }
        durable = written.clone();
    }

    @Override
    public void close() {
        // The content outlives it, for the next one to open.
    }
}
