package dev.starling.apiserver.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Asks a far side to leave HTTP, and hands both connections to a tunnel if it does; what else it says is passed on. */
final class Handover {
    private static final int REFUSAL_BYTES = 64 << 10;
    private static final int CHUNK_HEAD_BYTES = 256;

    private Handover() {
    }

    /**
     * True once the connection belongs to a tunnel.
     *
     * @param socket what the line leads over, and whose time for reading bounds the answer
     * @throws IOException if the far side gives no answer of HTTP
     */
    static boolean ask(Exchange exchange, String request, Socket socket, Tunnel.Line line) throws IOException {
        line.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1)));
        var buffer = ResponseHead.buffer();
        var head = ResponseHead.read(socket.getInputStream(), buffer);
        if (head.status() == 101) {
            socket.setSoTimeout(0);
            exchange.upgrade(new Tunnel.Far(line, head, buffer));
            return true;
        }
        var early = new ByteArrayInputStream(buffer.array(), buffer.position(), buffer.remaining());
        byte[] body = body(head, new SequenceInputStream(early, socket.getInputStream()), line);
        Answer.text(exchange, Math.max(head.status(), 400), new String(body, StandardCharsets.UTF_8));
        return false;
    }

    /** What a refusal says, up to a bound. */
    private static byte[] body(ResponseHead head, InputStream in, Tunnel.Line line) throws IOException {
        String length = head.headers().getOrDefault("content-length", "");
        if (head.headers().getOrDefault("transfer-encoding", "").toLowerCase(Locale.ROOT).endsWith("chunked")) {
            return chunks(in);
        }
        if (length.isEmpty()) {
            line.endWriting(); // the answer ends with the connection, which some keep while they may be asked more
            return in.readNBytes(REFUSAL_BYTES);
        }
        if (!length.matches("[0-9]{1,18}")) {
            throw new IOException("an answer has a wrong length: " + length);
        }
        return in.readNBytes((int) Math.min(REFUSAL_BYTES, Long.parseLong(length)));
    }

    private static byte[] chunks(InputStream in) throws IOException {
        var body = new ByteArrayOutputStream();
        for (int size = chunk(in); size > 0 && body.size() < REFUSAL_BYTES; size = chunk(in)) {
            body.write(in.readNBytes(Math.min(size, REFUSAL_BYTES)));
            if (size > REFUSAL_BYTES) {
                break;
            }
            line(in);
        }
        return body.toByteArray();
    }

    private static int chunk(InputStream in) throws IOException {
        String size = line(in).split(";", 2)[0].strip();
        if (!size.matches("[0-9a-fA-F]{1,7}")) {
            throw new IOException("an answer has a wrong chunk: " + size);
        }
        return Integer.parseInt(size, 16);
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0 || line.length() > CHUNK_HEAD_BYTES) {
                throw new IOException("an answer ends within a chunk");
            }
            line.append((char) c);
        }
        return line.toString();
    }
}
