package dev.starling.apiserver.webhook;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** One question and its answer in HTTP/1.1 over a connection of its own. What it reads is bounded. */
final class HttpExchange {
    private static final int MOST_BYTES = 16 * 1024 * 1024;
    private static final int LONGEST_LINE = 16 * 1024;
    private static final int MOST_HEADERS = 100;
    private static final int CHUNK = 8192;

    private final Socket socket;
    private final Deadline deadline;

    HttpExchange(Socket socket, Deadline deadline) {
        this.socket = socket;
        this.deadline = deadline;
    }

    void post(String host, String path, byte[] body) throws IOException {
        String head = "POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: starling\r\n"
                + "Content-Type: application/json\r\nAccept: application/json\r\nContent-Length: " + body.length
                + Trace.current().map(trace -> "\r\n" + Trace.HEADER + ": " + trace).orElse("")
                + "\r\nConnection: close\r\n\r\n";
        var out = socket.getOutputStream();
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        out.write(body);
        out.flush();
    }

    /** The body of a good answer. */
    byte[] answer() throws IOException {
        var in = new BufferedInputStream(socket.getInputStream(), CHUNK);
        String status = line(in);
        var headers = headers(in);
        byte[] body = body(in, headers);
        String[] parts = status.split(" ", 3);
        if (parts.length < 2 || !parts[1].equals("200")) {
            throw new IOException("the server answered \"" + status + "\": "
                    + new String(body, 0, Math.min(body.length, 1000), StandardCharsets.UTF_8).strip());
        }
        return body;
    }

    private Map<String, String> headers(InputStream in) throws IOException {
        var headers = new HashMap<String, String>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon < 1 || headers.size() == MOST_HEADERS) {
                throw new IOException("malformed HTTP response");
            }
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
        return headers;
    }

    private byte[] body(InputStream in, Map<String, String> headers) throws IOException {
        var body = new ByteArrayOutputStream();
        if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
            for (long size = chunkSize(in); size > 0; size = chunkSize(in)) {
                copy(in, body, size);
                line(in);
            }
        } else if (headers.containsKey("content-length")) {
            copy(in, body, number(headers.get("content-length"), 10));
        } else {
            copy(in, body, Long.MAX_VALUE);
        }
        return body.toByteArray();
    }

    private long chunkSize(InputStream in) throws IOException {
        String line = line(in);
        int end = line.indexOf(';');
        return number(end < 0 ? line : line.substring(0, end), 16);
    }

    private static long number(String text, int radix) throws IOException {
        try {
            return Long.parseUnsignedLong(text.strip(), radix);
        } catch (NumberFormatException e) {
            throw new IOException("malformed HTTP response", e);
        }
    }

    /** Copies so many bytes, or without an end all that come. */
    private void copy(InputStream in, ByteArrayOutputStream out, long count) throws IOException {
        byte[] buffer = new byte[CHUNK];
        long left = count;
        while (left > 0) {
            socket.setSoTimeout(deadline.leftMs());
            int read = in.read(buffer, 0, (int) Math.min(left, CHUNK));
            if (read < 0 && count == Long.MAX_VALUE) {
                return;
            }
            if (read < 0) {
                throw new EOFException("unexpected EOF");
            }
            out.write(buffer, 0, read);
            left -= read;
            if (out.size() > MOST_BYTES) {
                throw new IOException("the answer is too large");
            }
        }
    }

    /** The next byte. The deadline counts for each, lest a server that drips is waited for without end. */
    private int next(InputStream in) throws IOException {
        socket.setSoTimeout(deadline.leftMs());
        return in.read();
    }

    private String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = next(in); c != '\n'; c = next(in)) {
            if (c < 0) {
                throw new EOFException("EOF");
            }
            if (line.length() == LONGEST_LINE) {
                throw new IOException("malformed HTTP response");
            }
            line.append((char) c);
        }
        return line.toString().stripTrailing();
    }
}
