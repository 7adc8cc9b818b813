package dev.starling.apiserver.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.eclipse.jetty.io.Content;

/** Packs a body with gzip and writes it in steps of bounded size. Used by one thread. */
final class GzipSink implements AutoCloseable {
    private static final int STEP_BYTES = 32 << 10;
    private static final byte[] HEAD = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    private final Content.Sink sink;
    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    private final CRC32 checksum = new CRC32();
    private final byte[] step = new byte[STEP_BYTES];
    private long length;
    private int at;

    GzipSink(Content.Sink sink) {
        this.sink = sink;
        System.arraycopy(HEAD, 0, step, 0, HEAD.length);
        at = HEAD.length;
    }

    void write(byte[] bytes) throws IOException {
        checksum.update(bytes);
        length += bytes.length;
        deflater.setInput(bytes);
        while (!deflater.needsInput()) {
            deflate();
        }
    }

    private void deflate() throws IOException {
        at += deflater.deflate(step, at, STEP_BYTES - at);
        if (at == STEP_BYTES) {
            flush();
        }
    }

    private void flush() throws IOException {
        Content.Sink.write(sink, false, ByteBuffer.wrap(step, 0, at));
        at = 0;
    }

    /** Writes what is left and the checksum. */
    void finish() throws IOException {
        deflater.finish();
        while (!deflater.finished()) {
            deflate();
        }
        if (at > STEP_BYTES - 8) {
            flush();
        }
        for (long part : new long[] {checksum.getValue(), length}) {
            for (int shift = 0; shift < 32; shift += 8) {
                step[at++] = (byte) (part >>> shift);
            }
        }
        flush();
    }

    @Override
    public void close() {
        deflater.end();
    }
}
