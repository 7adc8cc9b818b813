package dev.starling.bench;

import dev.starling.kube.http.ClusterAccess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Follows the pods of one namespace by a watch, as a client does: each event is a chunk of the answer. It looks for a
 * pod's name and phase in the text and reads nothing else, so that its own work hardly shows.
 */
final class PodFollower implements AutoCloseable {
    private static final String NAME = "\"name\":\"";
    private static final String RUNNING = "\"phase\":\"Running\"";
    private static final String VERSION = "\"resourceVersion\":\"";

    private final Wire wire;
    private final Thread thread;
    private final Map<String, Long> runningSince = new HashMap<>(); // guarded by this, as all below
    private final List<Long> started = new ArrayList<>();
    private long gone;
    private Optional<BenchException> ended = Optional.empty();

    /** From now on: pods that are there already are not told. */
    PodFollower(ClusterAccess access, String namespace) {
        String pods = "/api/v1/namespaces/" + namespace + "/pods";
        wire = new Wire(access, access.tls());
        String list = wire.text(pods + "?limit=1");
        int at = list.indexOf(VERSION) + VERSION.length();
        String newest = list.substring(at, list.indexOf('"', at));
        thread = Thread.ofPlatform().name("pods").start(() -> follow(pods + "?watch=1&resourceVersion=" + newest));
    }

    private void follow(String path) {
        try {
            wire.follow(path, this::see);
        } catch (BenchException e) {
            synchronized (this) {
                ended = Optional.of(e);
            }
        }
    }

    private void see(String chunk, long now) {
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
        ended.ifPresent(why -> {
            throw why;
        });
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
        wire.close();
        Patience.end(thread);
    }
}
