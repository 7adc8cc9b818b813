package dev.starling.apiserver.http;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;

/**
 * A connection that has left HTTP: bytes go both ways, unread, between a client and the far side. Each direction has
 * a virtual thread that reads only what it could write, so a slow side holds up the other one and nothing piles up.
 * The end of one direction is passed on; both are closed when both have ended or one has failed.
 */
final class Tunnel extends AbstractConnection implements Connection.UpgradeTo {
    private static final System.Logger LOG = System.getLogger(Tunnel.class.getName());
    private static final int BUFFER_BYTES = 32 << 10;

    private final Far far;
    private final AtomicReference<Runnable> atItsEnd;
    private final Tunnels tunnels;
    private final AtomicInteger directions = new AtomicInteger(2);
    private ByteBuffer early = ByteBuffer.allocate(0);

    /** The connection to the far side; each direction is used by one thread. */
    interface Line extends Closeable {
        /** Reads into the buffer; negative at the end. */
        int read(ByteBuffer into) throws IOException;

        /** Writes all of the buffer. */
        void write(ByteBuffer from) throws IOException;

        void endWriting() throws IOException;
    }

    /** The far side: a line whose answer was 101, and what it has sent since. */
    record Far(Line line, ResponseHead head, ByteBuffer early) {
    }

    /**
     * The side of the client.
     *
     * @param atItsEnd is run once the tunnel is closed
     */
    record Near(EndPoint endPoint, Executor executor, Runnable atItsEnd) {
    }

    Tunnel(Near near, Far far, Tunnels tunnels) {
        super(near.endPoint(), near.executor());
        this.far = far;
        this.atItsEnd = new AtomicReference<>(near.atItsEnd());
        this.tunnels = tunnels;
    }

    @Override
    public void onUpgradeTo(ByteBuffer sentWithRequest) {
        early = ByteBuffer.allocate(sentWithRequest.remaining()).put(sentWithRequest).flip();
    }

    @Override
    public void onOpen() {
        super.onOpen();
        getEndPoint().setIdleTimeout(0);
        tunnels.opened(this);
        Thread.ofVirtual().name("tunnel-out").start(() -> carry(this::outwards));
        Thread.ofVirtual().name("tunnel-in").start(() -> carry(this::inwards));
    }

    /** Readiness is told to the thread that waits for it, so nothing is left to do here. */
    @Override
    public void onFillable() {
    }

    private interface Direction {
        void carry() throws IOException, InterruptedException;
    }

    private void carry(Direction direction) {
        try {
            direction.carry();
            if (directions.decrementAndGet() == 0) {
                close();
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "tunnel broke off", e);
            close();
        } catch (InterruptedException e) {
            close();
        }
    }

    /** From the client to the far side. */
    private void outwards() throws IOException, InterruptedException {
        far.line().write(early);
        var buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        for (int read = fill(buffer); read >= 0; read = fill(buffer)) {
            far.line().write(buffer);
        }
        far.line().endWriting();
    }

    private int fill(ByteBuffer buffer) throws IOException, InterruptedException {
        buffer.clear().limit(0);
        int read = getEndPoint().fill(buffer);
        while (read == 0) {
            var ready = new Semaphore(0);
            getEndPoint().fillInterested(Callback.from(ready::release));
            ready.acquire();
            read = getEndPoint().fill(buffer);
        }
        return read;
    }

    /** From the far side to the client. */
    private void inwards() throws IOException {
        Content.Sink.write(getEndPoint(), false, far.early());
        var buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        while (far.line().read(buffer.clear()) >= 0) {
            Content.Sink.write(getEndPoint(), false, buffer.flip());
        }
        getEndPoint().shutdownOutput();
    }

    @Override
    public void onClose(Throwable cause) {
        super.onClose(cause);
        closeFar();
    }

    @Override
    public void close() {
        super.close();
        closeFar();
    }

    private void closeFar() {
        tunnels.over(this);
        atItsEnd.getAndSet(() -> { }).run();
        try {
            far.line().close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing the far side of a tunnel failed", e);
        }
    }
}
