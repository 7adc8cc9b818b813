package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientFramesTest {
    private final List<String> told = new ArrayList<>();
    private final ClientFrames frames = new ClientFrames();
    private final ClientFrames.Told teller = new ClientFrames.Told() {
        @Override
        public void ping(byte[] payload) {
            told.add("ping " + new String(payload, StandardCharsets.US_ASCII));
        }

        @Override
        public void close(byte[] payload) {
            told.add("close " + payload.length);
        }
    };

    /** A masked frame. */
    static byte[] frame(int first, String payload) {
        byte[] mask = {1, 2, 3, 4};
        byte[] bytes = payload.getBytes(StandardCharsets.US_ASCII);
        var out = new ByteArrayOutputStream();
        out.write(first);
        if (bytes.length < 126) {
            out.write(0x80 | bytes.length);
        } else if (bytes.length <= 0xFFFF) {
            out.write(0x80 | 126);
            out.writeBytes(ByteBuffer.allocate(2).putShort((short) bytes.length).array());
        } else {
            out.write(0x80 | 127);
            out.writeBytes(ByteBuffer.allocate(8).putLong(bytes.length).array());
        }
        out.writeBytes(mask);
        for (int i = 0; i < bytes.length; i++) {
            out.write(bytes[i] ^ mask[i % 4]);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 1000, 1 << 20})
    void tellsPingsAndTheCloseInAnyPieces(int step) throws Exception {
        var all = new ByteArrayOutputStream();
        all.writeBytes(frame(0x89, "one"));
        all.writeBytes(frame(0x81, "x".repeat(300)));
        all.writeBytes(frame(0x82, "y".repeat(70_000)));
        all.writeBytes(frame(0x8A, "pong"));
        all.writeBytes(frame(0x89, ""));
        all.writeBytes(frame(0x88, "ab"));
        byte[] bytes = all.toByteArray();
        for (int from = 0; from < bytes.length; from += step) {
            frames.take(ByteBuffer.wrap(bytes, from, Math.min(step, bytes.length - from)), teller);
        }
        assertEquals(List.of("ping one", "ping ", "close 2"), told);
    }

    @Test
    void refusesWhatBreaksTheProtocol() {
        assertRefused(new byte[] {(byte) 0x81, 0x01, 'a'});
        assertRefused(frame(0x89, "p".repeat(126)));
        assertRefused(frame(0x09, "a part"));
        assertRefused(frame(0xF1, "an extension"));
        assertRefused(new byte[] {(byte) 0x82, (byte) 0xFF, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0});
    }

    @ParameterizedTest
    @ValueSource(ints = {0x83, 0x87, 0x8B, 0x8F})
    void refusesOperationsThatNobodyHasDefined(int first) {
        assertRefused(frame(first, "x"));
    }

    @Test
    void takesMessagesInPartsWithControlsBetweenThem() throws Exception {
        for (byte[] bytes : List.of(frame(0x01, "a"), frame(0x00, "b"), frame(0x89, "now"), frame(0x80, "c"),
                frame(0x82, "d"))) {
            frames.take(ByteBuffer.wrap(bytes), teller);
        }
        assertEquals(List.of("ping now"), told);
    }

    @Test
    void refusesPartsOutOfOrder() throws Exception {
        assertRefused(frame(0x80, "a part of nothing"));
        frames.take(ByteBuffer.wrap(frame(0x01, "a")), teller);
        assertThrows(IOException.class, () -> frames.take(ByteBuffer.wrap(frame(0x81, "another")), teller));
    }

    private void assertRefused(byte[] bytes) {
        assertThrows(IOException.class, () -> new ClientFrames().take(ByteBuffer.wrap(bytes), teller));
    }
}
