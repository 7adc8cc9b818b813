package dev.starling.apiserver.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Notices that a client has left while an answer is streamed to it. HTTP/2 tells by itself. An HTTP/1.1 connection is
 * not read while it answers, so it is read here, and closed after the answer because what it sent meanwhile is lost.
 */
final class Departure implements Callback, AutoCloseable {
    private static final int GLANCE_BYTES = 512;

    private final EndPoint endPoint;
    private final Runnable onGone;
    private final ByteBuffer glance = ByteBuffer.allocate(GLANCE_BYTES).limit(0);
    private volatile boolean closed;
    private boolean chunked;

    private Departure(EndPoint endPoint, Runnable onGone) {
        this.endPoint = endPoint;
        this.onGone = onGone;
    }

    static Departure watch(Request request, Response response, EndPoint endPoint, Runnable onGone) {
        var departure = new Departure(endPoint, onGone);
        if (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2 || request.getLength() > 0) {
            departure.closed = true;
            return departure;
        }
        response.getHeaders().put("Connection", "close");
        if (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1) {
            response.getHeaders().add(Chunks.HEADER);
            departure.chunked = true;
        }
        endPoint.tryFillInterested(departure);
        return departure;
    }

    /** Whether the answer has to be framed by {@link Chunks}. */
    boolean chunked() {
        return chunked;
    }

    @Override
    public void succeeded() {
        if (closed) {
            return;
        }
        try {
            int read;
            do {
                glance.clear().limit(0);
                read = endPoint.fill(glance);
            } while (read > 0);
            if (read < 0) {
                onGone.run();
            } else {
                endPoint.tryFillInterested(this);
            }
        } catch (IOException e) {
            onGone.run();
        }
    }

    @Override
    public void failed(Throwable failure) {
        if (!closed) {
            onGone.run();
        }
    }

    /** Stops reading, so that the connection can be finished. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (endPoint instanceof AbstractEndPoint readable) {
                readable.getFillInterest().onFail(new IOException("the answer is over"));
            }
        }
    }
}
