package dev.starling.bench;

import dev.starling.kube.http.ClusterAccess;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;

/**
 * Follows the pods of one namespace by a watch, as a client does: each event is a chunk of the answer. It looks for a
 * pod's name and phase in the text and reads nothing else, so that its own work hardly shows.
 */
final class PodFollower implements AutoCloseable {
    private static final String NAME = "\"name\":\"";
    private static final String RUNNING = "\"phase\":\"Running\"";
    private static final int BUFFER = 1 << 18;

    private final SSLSocket socket;
    private final InputStream in;
    private final Thread thread;
    private final Map<String, Long> runningSince = new HashMap<>(); // guarded by this, as all below
    private final List<Long> started = new ArrayList<>();
    private long gone;
    private boolean ended;

    /** From now on: pods that are there already are not told. */
    PodFollower(ClusterAccess access, String namespace) {
        var server = access.server();
        try {
            socket = (SSLSocket) access.tls().getSocketFactory().createSocket(server.getHost(), server.getPort());
            in = new BufferedInputStream(socket.getInputStream(), BUFFER);
            String version = newest(access, namespace);
            socket.getOutputStream().write(("GET /api/v1/namespaces/" + namespace + "/pods?watch=1&resourceVersion="
                    + version + " HTTP/1.1\r\nHost: " + server.getHost() + ":" + server.getPort()
                    + "\r\nAccept: application/json\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            String head = line();
            if (!head.contains(" 200 ")) {
                throw new BenchException("the pods can't be watched: " + head);
            }
            for (String line = head; !line.isEmpty(); line = line()) {
                head = line;
            }
        } catch (IOException e) {
            throw new BenchException("no connection to " + server + ": " + e.getMessage());
        }
        thread = Thread.ofPlatform().name("pods").start(this::read);
    }

    private static String newest(ClusterAccess access, String namespace) {
        try (var wire = new Wire(access, access.tls())) {
            String list = wire.text("/api/v1/namespaces/" + namespace + "/pods?limit=1");
            String mark = "\"resourceVersion\":\"";
            int at = list.indexOf(mark) + mark.length();
            return list.substring(at, list.indexOf('"', at));
        }
    }

    private void read() {
        try {
            for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
                see(new String(in.readNBytes(size), StandardCharsets.ISO_8859_1));
                line();
            }
        } catch (IOException | NumberFormatException e) {
            // The stream was closed, or broke: whoever waits for a pod is told.
        } finally {
            synchronized (this) {
                ended = true;
            }
        }
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

    private void see(String chunk) {
        long now = System.nanoTime();
        for (int from = 0; from < chunk.length();) {
            int end = chunk.indexOf('\n', from);
            end = end < 0 ? chunk.length() : end;
            event(chunk.substring(from, end), now);
            from = end + 1;
        }
    }

    private synchronized void event(String text, long now) {
        if (text.startsWith("{\"type\":\"DELETED\"")) {
            gone++;
        } else if (text.contains(RUNNING)) {
            int at = text.indexOf(NAME, text.indexOf("\"metadata\":")) + NAME.length();
            if (runningSince.putIfAbsent(text.substring(at, text.indexOf('"', at)), now) == null) {
                started.add(now);
            }
        } else if (text.startsWith("{\"type\":\"ERROR\"")) {
            throw new BenchException("the watch of pods ended: " + text);
        }
    }

    /** How many pods were seen to run so far. */
    synchronized int running() {
        check();
        return runningSince.size();
    }

    synchronized long gone() {
        check();
        return gone;
    }

    private void check() {
        if (ended) {
            throw new BenchException("the watch of pods ended");
        }
    }

    /** When a pod was first seen to run, as {@link System#nanoTime} tells it. */
    synchronized long runningSince(String pod) {
        return runningSince.get(pod);
    }

    /** From an instant until so many pods ran, in milliseconds. */
    synchronized long untilRunning(int pods, long since) {
        return TimeUnit.NANOSECONDS.toMillis(started.get(pods - 1) - since);
    }

    void awaitRunning(int pods, Duration most) {
        Patience.until(pods + " pods run", most, () -> running() >= pods);
    }

    void awaitGone(int pods, Duration most) {
        Patience.until(pods + " pods are gone", most, () -> gone() >= pods);
    }

    @Override
    public void close() {
        try {
            socket.close();
            thread.join();
        } catch (IOException e) {
            throw new BenchException("a connection can't be closed: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
