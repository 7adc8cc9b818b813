package dev.starling.apiserver.http;

import dev.starling.kube.api.Watch;
import dev.starling.kube.api.WatchEvent;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.eclipse.jetty.util.Callback;

/**
 * Carries one watch to one client. What is there is written at once, several events in one piece when they wait
 * together; a client that does not read is cut off, not buffered. The request's thread waits for the
 * end; in between the stream takes steps, one at a time, which do not block.
 */
final class WatchStream {
    private static final System.Logger LOG = System.getLogger(WatchStream.class.getName());
    private static final int PIECE_BYTES = 32 << 10;
    /** How long the end waits for what is being written. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Watch watch;
    private final Answer answer;
    private final Source source;
    private final String sharedForm;

    /** Released when the request's thread has to end the stream. */
    private final Semaphore end = new Semaphore(0);
    /** Released by the last step. */
    private final Semaphore quiet = new Semaphore(0);
    /** Calls for a step that are not answered yet; whoever calls first brings the stream into the queue. */
    private final AtomicInteger calls = new AtomicInteger();
    /** The next step waits until more may be made, and whoever sets this back takes it. */
    private final AtomicBoolean parked = new AtomicBoolean();
    private volatile boolean ending;
    private volatile Optional<Throwable> bug = Optional.empty();
    private boolean first = true; // used by steps alone, as is the one below
    private Optional<byte[]> left = Optional.empty(); // an event that is to be sent next

    /**
     * What all streams of a server share.
     *
     * @param steps takes a step of a stream soon
     * @param unsent bounds what all streams have on their way
     */
    record Source(Frames frames, UnsentBytes unsent, Consumer<Runnable> steps, InstantSource clock) {
    }

    WatchStream(Watch watch, Answer answer, Source source) {
        this.watch = watch;
        this.answer = answer;
        this.source = source;
        this.sharedForm = answer.sharedForm();
    }

    /** Writes until the watch ends, its time is over, the client leaves or the server stops. */
    void serve(Exchange exchange, Duration most, Stopping stopping) {
        try (watch; var stop = stopping.register(end::release); var out = open(exchange)) {
            watch.onReady(() -> call(out));
            out.onAsked(() -> call(out));
            if (!end.tryAcquire(most.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(Level.TRACE, "the time of a watch is over");
            }
            ending = true;
            unpark(out);
            boolean still = calls.getAndIncrement() == 0
                    || quiet.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (!still) {
                out.fail(new TimeoutException("the client does not read"));
            }
            bug.ifPresent(out::fail);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "watch client left", e);
        } catch (InterruptedException e) {
            exchange.breakOff(e);
        }
        bug.ifPresent(failure -> {
            throw new IllegalStateException("a step of a watch failed", failure);
        });
    }

    private EventSink open(Exchange exchange) throws IOException, InterruptedException {
        return WebSocket.wanted(exchange) ? WebSocket.accept(exchange, answer.form(), end::release)
                : exchange.stream(200, answer.form().streamType(), end::release);
    }

    private void call(EventSink out) {
        if (calls.getAndIncrement() == 0) {
            source.steps().accept(() -> step(out));
        }
    }

    /** Writes one piece, and goes on later if there may be more. */
    private void step(EventSink out) {
        // Read before the end is asked for: the call of the end comes after it is announced, and must not be lost.
        int answered = calls.get();
        if (ending) {
            quiet.release();
            return;
        }
        try {
            if (sharedForm.isEmpty() && !mayMake(out)) {
                return;
            }
            if (sent(piece(out), out)) {
                return;
            }
            if (watch.ended()) {
                end.release();
            }
            if (calls.addAndGet(-answered) != 0) {
                source.steps().accept(() -> step(out));
            }
        } catch (RuntimeException | Error e) { // an error that nobody hears of would leave the client waiting
            bug = ending ? bug : Optional.of(e); // who is cut off while a step writes fails that step
            quiet.release();
            end.release();
        }
    }

    private boolean mayMake(EventSink out) {
        parked.set(true);
        return source.unsent().admits(() -> unpark(out)) && parked.compareAndSet(true, false);
    }

    private void unpark(EventSink out) {
        if (parked.compareAndSet(true, false)) {
            source.steps().accept(() -> step(out));
        }
    }

    /** Sends a piece; false if there is nothing in it. What is one event of a form that others share counts nothing. */
    private boolean sent(List<byte[]> parts, EventSink out) {
        if (parts.isEmpty()) {
            return false;
        }
        var piece = joined(parts);
        var unsent = sharedForm.isEmpty() || parts.size() > 1
                ? Optional.of(source.unsent().sent(piece.remaining(), () -> cut(out)))
                : Optional.<UnsentBytes.Piece>empty();
        try {
            out.send(piece, new Sent(out, unsent));
        } catch (RuntimeException | Error e) {
            unsent.ifPresent(UnsentBytes.Piece::gone);
            throw e;
        }
        return true;
    }

    /** The client has not read for so long that others suffer. No step may write any more. */
    private void cut(EventSink out) {
        ending = true;
        out.fail(new TimeoutException("the client does not read"));
        end.release();
    }

    /** What follows a piece: the next step, in its turn. */
    private final class Sent implements Callback {
        private final EventSink out;
        private final Optional<UnsentBytes.Piece> unsent;

        Sent(EventSink out, Optional<UnsentBytes.Piece> unsent) {
            this.out = out;
            this.unsent = unsent;
        }

        @Override
        public void succeeded() {
            unsent.ifPresent(UnsentBytes.Piece::gone);
            source.steps().accept(() -> step(out));
        }

        @Override
        public void failed(Throwable why) {
            unsent.ifPresent(UnsentBytes.Piece::gone);
            LOG.log(Level.DEBUG, "watch client left", why);
            out.fail(why);
            quiet.release();
            end.release();
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }

    /**
     * What the client has asked for and the events that are there, up to a bound. Several have to be copied; where too
     * much is unsent, events that others share go one by one.
     */
    private List<byte[]> piece(EventSink out) {
        boolean shares = !sharedForm.isEmpty();
        int most = shares && source.unsent().full() ? 1 : PIECE_BYTES;
        var parts = new ArrayList<byte[]>(1);
        byte[] reply = out.reply();
        int length = reply.length;
        if (length > 0) {
            parts.add(reply);
        }
        while (length < most) {
            var event = next(out);
            if (event.isEmpty()) {
                return parts;
            }
            byte[] part = event.get();
            if (shares && !parts.isEmpty() && part.length >= PIECE_BYTES) {
                left = event; // it goes alone, so that it need not be copied and others send the same bytes
                return parts;
            }
            parts.add(part);
            length += part.length;
        }
        return parts;
    }

    private Optional<byte[]> next(EventSink out) {
        var waiting = left;
        left = Optional.empty();
        return waiting.or(() -> watch.poll().map(event -> frame(event, out)));
    }

    private static ByteBuffer joined(List<byte[]> parts) {
        if (parts.size() == 1) {
            return ByteBuffer.wrap(parts.getFirst());
        }
        var piece = ByteBuffer.allocate(parts.stream().mapToInt(part -> part.length).sum());
        parts.forEach(piece::put);
        return piece.flip();
    }

    private byte[] frame(WatchEvent event, EventSink out) {
        boolean error = event.type() == WatchEvent.Type.ERROR;
        boolean headed = first;
        first &= error;
        if (error || sharedForm.isEmpty()) {
            return out.framed(answer.event(event, headed, source.clock().instant()));
        }
        return source.frames().of(new Frames.Key(event.type(), event.object(), sharedForm, out.framing()),
                () -> out.framed(answer.event(event, headed, source.clock().instant())));
    }
}
