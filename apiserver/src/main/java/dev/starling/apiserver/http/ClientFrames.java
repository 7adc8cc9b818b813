package dev.starling.apiserver.http;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads the frames that a client sends over a WebSocket (RFC 6455, section 5) to a server that only speaks: pings and
 * the close have a meaning, and data is passed over without being kept. Fed with what comes in, in any pieces; used by
 * one thread at a time.
 */
final class ClientFrames {
    static final int CLOSE = 8;
    static final int PING = 9;
    private static final int CONTINUATION = 0;
    private static final int BINARY = 2;
    private static final int PONG = 10;
    private static final int LARGEST_CONTROL = 125;
    private static final int LONGEST_HEAD = 14;
    private static final int MASK_BYTES = 4;

    private final ByteBuffer head = ByteBuffer.allocate(LONGEST_HEAD);
    private ByteBuffer control = ByteBuffer.allocate(0);
    private boolean inPayload;
    private boolean inMessage; // the next data has to continue it
    private long left;

    /** Who is told of the frames that have a meaning. */
    interface Told {
        void ping(byte[] payload);

        void close(byte[] payload);
    }

    /**
     * Takes all bytes.
     *
     * @throws IOException if they break the protocol
     */
    void take(ByteBuffer bytes, Told told) throws IOException {
        while (bytes.hasRemaining()) {
            if (inPayload) {
                payload(bytes);
            } else {
                head.put(bytes.get());
                inPayload = headIsWhole();
            }
            if (inPayload && left == 0) {
                end(told);
            }
        }
    }

    private boolean headIsWhole() throws IOException {
        if (head.position() < 2) {
            return false;
        }
        int code = head.get(1) & 0x7F;
        if (head.position() == 2) {
            check(code);
        }
        int extension = code < 126 ? 0 : code == 126 ? Short.BYTES : Long.BYTES;
        if (head.position() < 2 + extension + MASK_BYTES) {
            return false;
        }
        left = code < 126 ? code : code == 126 ? head.getShort(2) & 0xFFFF : head.getLong(2);
        if (left < 0) {
            throw new IOException("a frame of a WebSocket has a length out of range");
        }
        control = ByteBuffer.allocate(isControl() ? (int) left : 0);
        return true;
    }

    private void check(int code) throws IOException {
        if ((head.get(1) & 0x80) == 0) {
            throw new IOException("a frame of a WebSocket's client is not masked");
        }
        boolean whole = (head.get(0) & 0x80) != 0;
        if ((head.get(0) & 0x70) != 0 || isControl() && (code > LARGEST_CONTROL || !whole)) {
            throw new IOException("a frame of a WebSocket has a wrong head");
        }
        if (operation() > BINARY && operation() < CLOSE || operation() > PONG) {
            throw new IOException("a frame of a WebSocket has an unknown operation: " + operation());
        }
        if (!isControl()) {
            if (inMessage != (operation() == CONTINUATION)) {
                throw new IOException("a message of a WebSocket is continued that has not begun, or the other way");
            }
            inMessage = !whole;
        }
    }

    private int operation() {
        return head.get(0) & 0x0F;
    }

    private boolean isControl() {
        return operation() >= CLOSE;
    }

    private void payload(ByteBuffer bytes) {
        int taken = (int) Math.min(left, bytes.remaining());
        if (isControl()) {
            control.put(bytes.slice(bytes.position(), taken));
        }
        bytes.position(bytes.position() + taken);
        left -= taken;
    }

    private void end(Told told) {
        byte[] payload = control.array();
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= head.get(head.position() - MASK_BYTES + i % MASK_BYTES);
        }
        if (operation() == PING) {
            told.ping(payload);
        } else if (operation() == CLOSE) {
            told.close(payload);
        }
        head.clear();
        inPayload = false;
    }
}
