package dev.starling.apiserver.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The open tunnels, so that they end with the server. Thread-safe. */
final class Tunnels implements AutoCloseable {
    private final Set<Tunnel> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    void opened(Tunnel tunnel) {
        open.add(tunnel);
        if (closed) {
            tunnel.close();
        }
    }

    void over(Tunnel tunnel) {
        open.remove(tunnel);
    }

    int count() {
        return open.size();
    }

    @Override
    public void close() {
        closed = true;
        open.forEach(Tunnel::close);
    }
}
