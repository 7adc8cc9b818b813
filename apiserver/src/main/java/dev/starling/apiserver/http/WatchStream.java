package dev.starling.apiserver.http;

import dev.starling.kube.api.Watch;
import dev.starling.kube.api.WatchEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Carries one watch to one client on the thread of its request. What is there is written at once, several events in
 * one piece when they wait together; a client that does not read is cut off by the watch hub, not buffered.
 */
final class WatchStream {
    private static final System.Logger LOG = System.getLogger(WatchStream.class.getName());
    private static final int PIECE_BYTES = 32 << 10;

    private final Watch watch;
    private final Answer answer;
    private final InstantSource clock;
    private final Semaphore signal = new Semaphore(0);
    private volatile boolean gone;
    private boolean first = true;

    WatchStream(Watch watch, Answer answer, InstantSource clock) {
        this.watch = watch;
        this.answer = answer;
        this.clock = clock;
    }

    /** Writes until the watch ends, its time is over, the client leaves or the server stops. */
    void serve(Exchange exchange, Duration most, Stopping stopping) {
        var deadline = clock.instant().plus(most);
        Runnable end = () -> {
            gone = true;
            signal.release();
        };
        try (watch; var stop = stopping.register(end);
                var out = exchange.stream(200, answer.form().streamType(), end)) {
            watch.onReady(signal::release);
            do {
                signal.drainPermits();
                while (!gone && writePiece(out)) {
                    LOG.log(Level.TRACE, "more events wait");
                }
            } while (!gone && !watch.ended() && waitUntil(deadline));
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "watch client left", e);
        } catch (InterruptedException e) {
            exchange.breakOff(e);
        }
    }

    private boolean waitUntil(Instant deadline) throws InterruptedException {
        long left = Duration.between(clock.instant(), deadline).toMillis();
        return left > 0 && signal.tryAcquire(left, TimeUnit.MILLISECONDS);
    }

    /** Writes the events that are there, up to one piece; false if there were none. */
    private boolean writePiece(Exchange.Stream out) throws IOException {
        var piece = new ByteArrayOutputStream(1024);
        Optional<WatchEvent> event = watch.poll();
        while (event.isPresent()) {
            append(piece, event.get());
            event = piece.size() < PIECE_BYTES ? watch.poll() : Optional.empty();
        }
        if (piece.size() == 0) {
            return false;
        }
        out.write(piece.toByteArray(), 0, piece.size());
        return true;
    }

    private void append(ByteArrayOutputStream piece, WatchEvent event) {
        answer.event(piece, event, first, clock.instant());
        first &= event.type() == WatchEvent.Type.ERROR;
    }
}
