package dev.starling.apiserver.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.util.Callback;

/** The way of a watch's events to its client. Whoever uses it sends one piece at a time. */
interface EventSink extends AutoCloseable {

    /** In what events are wrapped. */
    enum Framing {
        NONE, CHUNK, MESSAGE
    }

    Framing framing();

    /** One event as it is sent. */
    byte[] framed(byte[] event);

    /** Has something told when the client asks for what {@link #reply()} gives. */
    void onAsked(Runnable told);

    /** What the client has asked for beside events, as it is sent; empty if there is nothing. */
    byte[] reply();

    /** Sends what is framed already, without waiting; the next piece may only be sent once this one is. */
    void send(ByteBuffer framed, Callback sent);

    /** Gives up; the client sees the connection break. */
    void fail(Throwable why);

    /** Tells the client that it has all, and ends. */
    @Override
    void close();
}
