package dev.starling.apiserver.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The status line and headers of a plain HTTP/1.1 answer, names in lower case. */
record ResponseHead(int status, Map<String, String> headers) {
    private static final int MOST_BYTES = 16 << 10;

    /**
     * Reads a head; what follows it stays in the buffer, ready to be read from.
     *
     * @throws IOException if the other side speaks no HTTP or ends early
     */
    static ResponseHead read(InputStream in, ByteBuffer buffer) throws IOException {
        int end = -1;
        while (end < 0) {
            int read = buffer.hasRemaining() ? in.read(buffer.array(), buffer.position(), buffer.remaining()) : -1;
            if (read < 0) {
                throw new IOException("the streaming server gave no HTTP answer");
            }
            buffer.position(buffer.position() + read);
            end = endOfHead(buffer);
        }
        String text = new String(buffer.array(), 0, end, StandardCharsets.ISO_8859_1);
        buffer.flip().position(end + 4);
        return parse(text);
    }

    static ByteBuffer buffer() {
        return ByteBuffer.allocate(MOST_BYTES);
    }

    private static int endOfHead(ByteBuffer buffer) {
        byte[] bytes = buffer.array();
        for (int i = 0; i + 3 < buffer.position(); i++) {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n' && bytes[i + 2] == '\r' && bytes[i + 3] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private static ResponseHead parse(String text) throws IOException {
        String[] lines = text.split("\r\n");
        String[] first = lines[0].split(" ", 3);
        if (first.length < 2 || !first[0].startsWith("HTTP/1.") || !first[1].matches("[1-5][0-9][0-9]")) {
            throw new IOException("the streaming server gave no HTTP answer");
        }
        var headers = new LinkedHashMap<String, String>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.merge(lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                        lines[i].substring(colon + 1).trim(),
                        (a, b) -> a + "," + b);
            }
        }
        return new ResponseHead(Integer.parseInt(first[1]), headers);
    }
}
