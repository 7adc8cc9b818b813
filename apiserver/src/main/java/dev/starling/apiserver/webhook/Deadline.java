package dev.starling.apiserver.webhook;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** When a whole call must be over. */
record Deadline(long nanos) {
    private static final System.Logger LOG = System.getLogger(Deadline.class.getName());
    private static final long NANOS_PER_MS = 1_000_000;

    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /**
     * Closes something once the time is over, because writing to a socket knows no time. What is answered is to be run
     * before, if all is done.
     */
    Runnable guard(Closeable guarded) throws SocketTimeoutException {
        var late = new CompletableFuture<Boolean>().completeOnTimeout(true, leftMs(), TimeUnit.MILLISECONDS);
        late.thenAccept(over -> {
            if (over) {
                close(guarded);
            }
        });
        return () -> late.complete(false);
    }

    private static void close(Closeable guarded) {
        try {
            guarded.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a connection that is too slow failed", e);
        }
    }

    /** At least 1. */
    int leftMs() throws SocketTimeoutException {
        long left = (nanos - System.nanoTime()) / NANOS_PER_MS;
        if (left <= 0) {
            throw new SocketTimeoutException("context deadline exceeded");
        }
        return (int) Math.min(left, Integer.MAX_VALUE);
    }
}
