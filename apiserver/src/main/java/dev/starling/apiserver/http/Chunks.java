package dev.starling.apiserver.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpField;

/**
 * The chunks of an HTTP/1.1 answer that is written as things happen. Jetty sends the end of a chunk together with the
 * next one; but some clients, Python's among them, show a chunk only once they have seen its end, so that they would
 * be one event behind for ever. Therefore these answers are framed here.
 */
final class Chunks {
    /** The usual header, of a kind that Jetty does not know: it would frame the answer once more. */
    static final HttpField HEADER = new HttpField(null, "Transfer-Encoding", "chunked");
    private static final byte[] END_OF_LINE = {'\r', '\n'};

    private Chunks() {
    }

    /** One whole chunk; nothing for nothing, because an empty chunk is the last. */
    static byte[] of(byte[] bytes, int from, int length) {
        if (length == 0) {
            return new byte[0];
        }
        byte[] size = Integer.toHexString(length).getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(size.length + length + 2 * END_OF_LINE.length)
                .put(size).put(END_OF_LINE).put(bytes, from, length).put(END_OF_LINE).array();
    }

    static ByteBuffer last() {
        return ByteBuffer.wrap("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
}
