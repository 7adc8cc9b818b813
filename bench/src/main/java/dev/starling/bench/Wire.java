package dev.starling.bench;

import dev.starling.kube.http.ClusterAccess;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.ObjLongConsumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * One connection of a client that costs next to nothing: HTTP/1.1 over TLS, one request after the other, bodies counted
 * and not read as JSON. The client shares the machine with the server, so its own work must not show. One thread's.
 */
final class Wire implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final SSLSocket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] waste = new byte[BUFFER];
    private final String host;

    Wire(ClusterAccess access, SSLContext tls) {
        var server = access.server();
        this.host = server.getHost() + ":" + server.getPort();
        try {
            socket = (SSLSocket) tls.getSocketFactory().createSocket(server.getHost(), server.getPort());
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream(), BUFFER);
            out = socket.getOutputStream();
        } catch (IOException e) {
            throw new BenchException("no connection to " + server + ": " + e.getMessage());
        }
    }

    /** @param length of the body in bytes */
    record Reply(int status, long length) {
    }

    /** @throws BenchException unless the status is a success */
    Reply call(String method, String path, String type, byte[] body) {
        try {
            send(method, path, type, body);
            var reply = reply(OutputStream.nullOutputStream());
            if (reply.status() / 100 != 2) {
                throw new BenchException(method + " " + path + " answered " + reply.status());
            }
            return reply;
        } catch (IOException e) {
            throw new BenchException(method + " " + path + ": " + e.getMessage());
        }
    }

    Reply read(String path) {
        return call("GET", path, "", new byte[0]);
    }

    /** The body of a small answer. */
    String text(String path) {
        try {
            send("GET", path, "", new byte[0]);
            var body = new ByteArrayOutputStream();
            var reply = reply(body);
            if (reply.status() / 100 != 2) {
                throw new BenchException("GET " + path + " answered " + reply.status());
            }
            return body.toString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new BenchException("GET " + path + ": " + e.getMessage());
        }
    }

    /**
     * Passes on a stream that has no end of its own, chunk by chunk, each with the time at which it was there.
     *
     * @throws BenchException when it ends, also by {@link #close}
     */
    void follow(String path, ObjLongConsumer<String> chunks) {
        try {
            send("GET", path, "", new byte[0]);
            var head = head();
            if (head.status() / 100 != 2 || !head.chunked()) {
                throw new BenchException("GET " + path + " answered " + head.status());
            }
            for (long size = Long.parseLong(line(), 16); size > 0; size = Long.parseLong(line(), 16)) {
                var chunk = new ByteArrayOutputStream();
                pass(size, chunk);
                chunks.accept(chunk.toString(StandardCharsets.ISO_8859_1), System.nanoTime());
                line();
            }
            throw new BenchException("GET " + path + " ended");
        } catch (IOException e) {
            throw new BenchException("GET " + path + ": " + e.getMessage());
        }
    }

    private void send(String method, String path, String type, byte[] body) throws IOException {
        String head = method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nAccept: application/json\r\n"
                + (body.length == 0 ? "" : "Content-Type: " + type + "\r\n")
                + (method.equals("GET") ? "" : "Content-Length: " + body.length + "\r\n") + "\r\n";
        byte[] start = head.getBytes(StandardCharsets.US_ASCII);
        byte[] whole = new byte[start.length + body.length];
        System.arraycopy(start, 0, whole, 0, start.length);
        System.arraycopy(body, 0, whole, start.length, body.length);
        out.write(whole);
        out.flush();
    }

    private record Head(int status, long length, boolean chunked) {
    }

    private Reply reply(OutputStream body) throws IOException {
        var head = head();
        return new Reply(head.status(), head.chunked() ? chunks(body) : pass(head.length(), body));
    }

    private Head head() throws IOException {
        String first = line();
        int status = Integer.parseInt(first.split(" ")[1]);
        long length = 0;
        boolean chunked = false;
        for (String line = line(); !line.isEmpty(); line = line()) {
            length = header(line, "content-length").map(Long::parseLong).orElse(length);
            chunked |= header(line, "transfer-encoding").isPresent();
        }
        return new Head(status, length, chunked);
    }

    private static Optional<String> header(String line, String name) {
        return line.regionMatches(true, 0, name + ":", 0, name.length() + 1)
                ? Optional.of(line.substring(name.length() + 1).strip()) : Optional.empty();
    }

    private long chunks(OutputStream body) throws IOException {
        long total = 0;
        for (long size = Long.parseLong(line(), 16); size > 0; size = Long.parseLong(line(), 16)) {
            total += pass(size, body);
            line();
        }
        line();
        return total;
    }

    private long pass(long length, OutputStream body) throws IOException {
        for (long left = length; left > 0;) {
            int count = in.read(waste, 0, (int) Math.min(left, BUFFER));
            if (count < 0) {
                throw new IOException("the connection ended in the middle of an answer");
            }
            body.write(waste, 0, count);
            left -= count;
        }
        return length;
    }

    private String line() throws IOException {
        var text = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the connection ended");
            }
            text.append((char) c);
        }
        text.setLength(Math.max(0, text.length() - 1));
        return text.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new BenchException("a connection can't be closed: " + e.getMessage());
        }
    }
}
