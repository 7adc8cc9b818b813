package dev.starling.apiserver.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Tells what lasts that the server stops. Thread-safe. */
final class Stopping implements AutoCloseable {
    private final Set<Registration> open = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    /** Somebody who is told; closing it forgets him. */
    final class Registration implements AutoCloseable {
        private final Runnable end;

        private Registration(Runnable end) {
            this.end = end;
        }

        @Override
        public void close() {
            open.remove(this);
        }
    }

    Registration register(Runnable end) {
        var registration = new Registration(end);
        open.add(registration);
        if (stopped) {
            end.run();
        }
        return registration;
    }

    @Override
    public void close() {
        stopped = true;
        open.forEach(registration -> registration.end.run());
    }
}
