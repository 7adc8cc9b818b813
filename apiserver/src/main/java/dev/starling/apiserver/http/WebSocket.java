package dev.starling.apiserver.http;

import dev.starling.kube.api.ApiException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;

/**
 * A watch's events over a WebSocket (RFC 6455), each a message of its own, as clients on fabric8 and in browsers ask
 * for them. What the client says is read by the engine's threads and counts for nothing but its pings, its close and
 * its departure.
 */
final class WebSocket extends AbstractConnection implements Connection.UpgradeTo, EventSink, ClientFrames.Told {
    private static final System.Logger LOG = System.getLogger(WebSocket.class.getName());
    private static final Duration UPGRADE_TIME = Duration.ofSeconds(30);
    private static final String VERSION = "13";
    private static final String SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int BUFFER_BYTES = 1 << 10;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int PONG = 10;
    private static final byte[] NORMAL = {0x03, (byte) 0xE8};
    private static final byte[] AGAINST_PROTOCOL = {0x03, (byte) 0xEA};
    private static final byte[] NOTHING = {};

    private final int operation;
    /** The bytes in front of an event in protobuf say its length; a message knows its own. */
    private final int front;
    private final Watcher watcher;
    private final ClientFrames frames = new ClientFrames();
    private final CountDownLatch opened = new CountDownLatch(1);
    /** The payload of the last ping that nobody has answered. */
    private final AtomicReference<Optional<byte[]>> asked = new AtomicReference<>(Optional.empty());
    private volatile Runnable onAsked = () -> { };
    private volatile byte[] closeCode = NORMAL;
    private volatile boolean gone;
    private final AtomicBoolean failed = new AtomicBoolean();
    private volatile boolean ended;
    private volatile boolean lastWordSaid;
    private ByteBuffer early = ByteBuffer.allocate(0);

    /** Who is told of the client's departure, and of its silence. */
    private record Watcher(Runnable onGone, UnreadAnswers unread) {
    }

    private WebSocket(EndPoint endPoint, Executor executor, Form form, Watcher watcher) {
        super(endPoint, executor);
        this.operation = form.protobuf() || form.cbor() ? BINARY : TEXT;
        this.front = form.protobuf() ? Integer.BYTES : 0;
        this.watcher = watcher;
    }

    /** Whether a request asks for a WebSocket in place of a stream. */
    static boolean wanted(Exchange exchange) {
        return exchange.upgradable() && exchange.asksToLeave()
                && exchange.header("Upgrade").toLowerCase(Locale.ROOT).equals("websocket");
    }

    /**
     * Accepts one.
     *
     * @param onGone is told when the client leaves
     * @throws ApiException if the request is none that can be accepted
     */
    static EventSink accept(Exchange exchange, Form form, Runnable onGone)
            throws IOException, InterruptedException {
        var headers = answer(exchange);
        var socket = exchange.upgrade(headers, (near, executor) -> new WebSocket(near, executor, form,
                new Watcher(onGone, exchange.unread())));
        if (!socket.opened.await(UPGRADE_TIME.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IOException("the connection did not become a WebSocket");
        }
        return socket;
    }

    private static Map<String, String> answer(Exchange exchange) {
        String key = exchange.header("Sec-WebSocket-Key");
        String protocol = exchange.header("Sec-WebSocket-Protocol");
        if (key.isEmpty() || !exchange.header("Sec-WebSocket-Version").equals(VERSION)) {
            exchange.add("Sec-WebSocket-Version", VERSION);
            throw ApiException.badRequest("a WebSocket needs a Sec-WebSocket-Key and version " + VERSION);
        }
        if (protocol.contains(",")) {
            throw ApiException.badRequest("a watch over a WebSocket has no choice of protocols: " + protocol);
        }
        var headers = new LinkedHashMap<>(Map.of("Upgrade", "websocket", "Connection", "Upgrade",
                "Sec-WebSocket-Accept", accepted(key)));
        if (!protocol.isEmpty()) {
            headers.put("Sec-WebSocket-Protocol", protocol);
        }
        return headers;
    }

    private static String accepted(String key) {
        try {
            return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1")
                    .digest((key + SALT).getBytes(StandardCharsets.ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    @Override
    public void onUpgradeTo(ByteBuffer sentWithRequest) {
        early = ByteBuffer.allocate(sentWithRequest.remaining()).put(sentWithRequest).flip();
    }

    @Override
    public void onOpen() {
        super.onOpen();
        opened.countDown();
        take(early);
        fillInterested();
    }

    @Override
    public void onFillable() {
        var buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try {
            int read = fill(buffer);
            while (read > 0) {
                take(buffer);
                read = fill(buffer);
            }
            if (read < 0) {
                leave();
            } else {
                fillInterested();
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a WebSocket broke off", e);
            leave();
        }
    }

    private int fill(ByteBuffer buffer) throws IOException {
        return getEndPoint().fill(buffer.clear().limit(0));
    }

    private void take(ByteBuffer bytes) {
        if (gone) {
            bytes.position(bytes.limit());
            return;
        }
        try {
            frames.take(bytes, this);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a WebSocket's client broke the protocol", e);
            closeCode = AGAINST_PROTOCOL;
            depart();
        }
    }

    private void depart() {
        gone = true;
        watcher.onGone().run();
    }

    /** The connection can carry nothing any more. */
    private void leave() {
        closeCode = NOTHING;
        if (ended) {
            super.close();
        } else {
            depart();
        }
    }

    /** A client that says nothing is still there, unless it has been told that it has all. */
    @Override
    public void onFillInterestedFailed(Throwable cause) {
        if (cause instanceof TimeoutException && !ended && getEndPoint().isOpen()) {
            fillInterested();
        } else {
            leave();
        }
    }

    @Override
    public void ping(byte[] payload) {
        asked.set(Optional.of(payload));
        onAsked.run();
    }

    @Override
    public void close(byte[] payload) {
        closeCode = payload.length < NORMAL.length ? NORMAL : payload;
        depart();
        if (lastWordSaid) {
            super.close();
        }
    }

    @Override
    public void onAsked(Runnable told) {
        onAsked = told;
        if (asked.get().isPresent()) {
            told.run();
        }
    }

    @Override
    public byte[] reply() {
        return asked.getAndSet(Optional.empty()).map(payload -> frame(PONG, payload, 0)).orElse(NOTHING);
    }

    @Override
    public Framing framing() {
        return Framing.MESSAGE;
    }

    @Override
    public byte[] framed(byte[] event) {
        return frame(operation, event, front);
    }

    private static byte[] frame(int operation, byte[] bytes, int from) {
        int length = bytes.length - from;
        int extension = length <= 125 ? 0 : length <= 0xFFFF ? Short.BYTES : Long.BYTES;
        var frame = ByteBuffer.allocate(2 + extension + length).put((byte) (0x80 | operation));
        switch (extension) {
            case 0 -> frame.put((byte) length);
            case Short.BYTES -> frame.put((byte) 126).putShort((short) length);
            default -> frame.put((byte) 127).putLong(length);
        }
        return frame.put(bytes, from, length).array();
    }

    @Override
    public void send(ByteBuffer framed, Callback sent) {
        getEndPoint().write(sent, framed);
    }

    @Override
    public void fail(Throwable why) {
        if (failed.compareAndSet(false, true)) {
            watcher.unread().failedBy(why, true);
            closeCode = NOTHING;
            gone = true;
            super.close();
        }
    }

    /** Says the last word. A client that has not said its own yet gets the time to read it. */
    @Override
    public void close() {
        ended = true;
        if (closeCode.length == 0) {
            super.close();
            return;
        }
        getEndPoint().write(Callback.from(this::sayLastWord, failure -> super.close()),
                ByteBuffer.wrap(frame(ClientFrames.CLOSE, closeCode, 0)));
    }

    /** Both have said theirs, or the client's answer closes. Each tells of itself before it looks at the other. */
    private void sayLastWord() {
        lastWordSaid = true;
        if (gone) {
            super.close();
        } else {
            getEndPoint().shutdownOutput();
        }
    }
}
