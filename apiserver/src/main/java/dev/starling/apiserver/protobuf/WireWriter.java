package dev.starling.apiserver.protobuf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes fields from the last to the first: what is inside is there before its length is asked for, so that nothing
 * is copied or measured twice. Used by one thread.
 */
final class WireWriter {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;

    private byte[] bytes;
    private int at;

    WireWriter(int size) {
        bytes = new byte[size];
        at = size;
    }

    /** How much is written; a mark for {@link #enclose}. */
    int written() {
        return bytes.length - at;
    }

    void number(int field, long value) {
        varint(value);
        varint((long) field << 3 | VARINT);
    }

    void fraction(int field, double value) {
        long bits = Double.doubleToRawLongBits(value);
        room(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[--at] = (byte) (bits >>> shift);
        }
        varint((long) field << 3 | FIXED64);
    }

    void text(int field, String text) {
        content(field, text.getBytes(StandardCharsets.UTF_8));
    }

    void content(int field, byte[] content) {
        room(content.length);
        at -= content.length;
        System.arraycopy(content, 0, bytes, at, content.length);
        varint(content.length);
        varint((long) field << 3 | LENGTH);
    }

    /** Makes all that was written since a mark the content of a field. */
    void enclose(int field, int mark) {
        varint(written() - mark);
        varint((long) field << 3 | LENGTH);
    }

    /** Puts bytes that are no field in front. */
    void raw(byte[] content) {
        room(content.length);
        at -= content.length;
        System.arraycopy(content, 0, bytes, at, content.length);
    }

    private void varint(long value) {
        int length = Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
        room(length);
        at -= length;
        long rest = value;
        for (int i = 0; i < length; i++) {
            bytes[at + i] = (byte) (rest & 0x7f | (i < length - 1 ? 0x80 : 0));
            rest >>>= 7;
        }
    }

    private void room(int length) {
        if (length > at) {
            int written = written();
            var larger = new byte[Math.max(2 * bytes.length, bytes.length + length)];
            System.arraycopy(bytes, at, larger, larger.length - written, written);
            at = larger.length - written;
            bytes = larger;
        }
    }

    byte[] toBytes() {
        return Arrays.copyOfRange(bytes, at, bytes.length);
    }
}
