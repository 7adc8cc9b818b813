package dev.starling.apiserver.http;

import dev.starling.apiserver.registry.AuditNotes;
import dev.starling.kube.api.ApiException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.NanoTime;

/** One request and its one answer. Used by the virtual thread of the request alone, but for the end of a stream. */
final class Exchange {
    private static final byte[] NOTHING = {};
    private static final Runnable NOTHING_TO_DO = () -> { };
    private static final int STEP_BYTES = 16 << 10;
    /** From here on an answer is packed for clients that take gzip. */
    private static final int GZIP_BYTES = 128 << 10;

    private final Request request;
    private final Response response;
    private final UnreadAnswers.End callback;
    private final Bounds bounds;
    private final RequestBody body;
    private final AuditNotes notes = new AuditNotes();
    private Optional<Trail> trail = Optional.empty();
    private Runnable onStreaming = () -> { };
    private final AtomicReference<Runnable> onOver = new AtomicReference<>(NOTHING_TO_DO);
    private final AtomicReference<Runnable> onDone = new AtomicReference<>(NOTHING_TO_DO);
    private boolean exempt;
    private boolean answered;
    private int status;
    private int listed;

    /** What all requests of a server share. */
    record Bounds(ServerLimits limits, boolean cbor, LargeBodies large, Tunnels tunnels, UnreadAnswers unread) {
    }

    Exchange(Request request, Response response, Callback callback, Bounds bounds) {
        this.request = request;
        this.response = response;
        this.callback = bounds.unread().end(callback);
        this.bounds = bounds;
        this.body = new RequestBody(request, bounds.limits());
    }

    /** What admission tells the audit log of this request. */
    AuditNotes notes() {
        return notes;
    }

    /** Tells a trail of what comes and goes. */
    void followedBy(Trail other) {
        trail = Optional.of(other);
    }

    /** Runs something once the answer becomes a lasting stream. */
    void whenStreaming(Runnable action) {
        onStreaming = action;
    }

    /** Runs something, once, when the request is done with: if its connection left HTTP for a tunnel, with its end. */
    void whenDone(Runnable action) {
        onDone.set(action);
    }

    /** The request is done with, but for a tunnel that it may have become. */
    void done() {
        onDone.getAndSet(NOTHING_TO_DO).run();
    }

    /** The request waits for nobody else's. */
    void exempted() {
        exempt = true;
    }

    /** Whether this server speaks CBOR. */
    boolean cbor() {
        return bounds.cbor();
    }

    /** The answer is a list of so many objects. */
    void lists(int objects) {
        listed = objects;
    }

    /** How many objects the answer lists; 0 if it is no list. */
    int listed() {
        return listed;
    }

    /** Where the client is. */
    String remoteAddress() {
        return Request.getRemoteAddr(request);
    }

    String method() {
        return request.getMethod();
    }

    /** The path as it was sent, still encoded. */
    String path() {
        return Objects.requireNonNullElse(request.getHttpURI().getPath(), "/");
    }

    /** What follows the question mark, still encoded. */
    String query() {
        return Objects.requireNonNullElse(request.getHttpURI().getQuery(), "");
    }

    /** All values of a header, joined by commas; empty if it is absent. */
    String header(String name) {
        String joined = "";
        for (var field : request.getHeaders()) {
            if (field.is(name)) {
                String value = Objects.requireNonNullElse(field.getValue(), "");
                joined = joined.isEmpty() ? value : joined + "," + value;
            }
        }
        return joined;
    }

    /** The values of all headers whose names begin so, by their names in lower case. */
    Map<String, List<String>> headers(String prefix) {
        Map<String, List<String>> found = Map.of();
        for (var field : request.getHeaders()) {
            if (field.getName().regionMatches(true, 0, prefix, 0, prefix.length())) {
                found = found.isEmpty() ? new LinkedHashMap<>() : found;
                found.computeIfAbsent(field.getLowerCaseName(), name -> new ArrayList<>())
                        .add(Objects.requireNonNullElse(field.getValue(), ""));
            }
        }
        return found;
    }

    /** What the client showed in the handshake; nobody has judged it yet. */
    Optional<X509Certificate> certificate() {
        return Optional.ofNullable(endPoint().getSslSessionData())
                .map(EndPoint.SslSessionData::peerCertificates)
                .filter(chain -> chain.length > 0)
                .map(chain -> chain[0]);
    }

    /** By what its connection is known. */
    EndPoint endPoint() {
        return request.getConnectionMetaData().getConnection().getEndPoint();
    }

    /** The address that the client connected to, as {@code host:port}. */
    String localAddress() {
        return Request.getLocalAddr(request) + ":" + Request.getLocalPort(request);
    }

    /**
     * The whole body.
     *
     * @throws ApiException if it is too large, too slow or cut short
     */
    byte[] body() {
        byte[] whole = body.whole();
        over();
        if (!exempt) {
            onOver.set(bounds.large().enter(whole.length));
        }
        trail.ifPresent(t -> t.requested(whole, header("Content-Type")));
        return whole;
    }

    /** Nothing more is made of the body. */
    void over() {
        onOver.getAndSet(NOTHING_TO_DO).run();
    }

    /** The body as it comes in, of any size; it ends early if the client is slower than the idle time allows. */
    InputStream stream() {
        return body.stream();
    }

    /**
     * A request may be answered before its body was read. The client is told if the connection ends by that; a small
     * body is read first, so that it does not.
     */
    private void settle() {
        if (!body.settled()) {
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
        }
    }

    void add(String name, String value) {
        response.getHeaders().add(name, value);
    }

    boolean answered() {
        return answered;
    }

    /** The status of the answer; 0 before there is one. */
    int status() {
        return status;
    }

    Duration age() {
        return Duration.ofNanos(NanoTime.since(request.getBeginNanoTime()));
    }

    void answer(int code, String type, byte[] body) {
        trail.filter(Trail::wantsAnswers).ifPresent(t -> t.answered(body, type));
        if (packs(body.length)) {
            write(code, type, new Pieces(List.of(body).stream(), false));
            return;
        }
        whole(code, type, body);
    }

    /** A large one keeps this thread, and with it the request's seat, until the client has read it. */
    private void whole(int code, String type, byte[] body) {
        begin(code, type);
        response.getHeaders().put("Content-Length", body.length);
        if (body.length <= GZIP_BYTES) {
            response.write(true, ByteBuffer.wrap(body), callback);
            return;
        }
        try {
            Content.Sink.write(response, false, ByteBuffer.wrap(body));
            response.write(true, ByteBuffer.allocate(0), callback);
        } catch (IOException | RuntimeException e) {
            breakOff(e);
        }
    }

    /** An answer in pieces that are there already. */
    void answer(int code, String type, List<byte[]> pieces) {
        long length = pieces.stream().mapToLong(piece -> piece.length).sum();
        if (length > STEP_BYTES) {
            answer(code, type, new Pieces(pieces.stream(), false));
            return;
        }
        var whole = ByteBuffer.allocate((int) length);
        pieces.forEach(whole::put);
        answer(code, type, whole.array());
    }

    /** An answer in several pieces, which are made and written one after the other. */
    void answer(int code, String type, Pieces pieces) {
        if (pieces.small()) {
            answer(code, type, Pieces.joined(pieces));
            return;
        }
        if (trail.filter(Trail::wantsAnswers).isPresent()) {
            answer(code, type, Pieces.joined(pieces));
            return;
        }
        write(code, type, pieces);
    }

    private void write(int code, String type, Pieces pieces) {
        // What is short after all is not packed: the first bytes are held back until it is known.
        var parts = pieces.parts().iterator();
        var front = new ByteArrayOutputStream(STEP_BYTES);
        while (parts.hasNext() && (front.size() < STEP_BYTES || acceptsGzip() && front.size() <= GZIP_BYTES)) {
            front.writeBytes(parts.next());
        }
        if (!parts.hasNext() && !packs(front.size())) {
            whole(code, type, front.toByteArray());
            return;
        }
        begin(code, type);
        try {
            if (packs(front.size())) {
                pack(front.toByteArray(), parts);
            } else {
                writeAll(front.toByteArray(), parts);
            }
            response.write(true, ByteBuffer.allocate(0), callback);
        } catch (IOException | RuntimeException e) {
            breakOff(e);
        }
    }

    private boolean packs(int length) {
        return length > GZIP_BYTES && acceptsGzip();
    }

    private boolean acceptsGzip() {
        for (String coding : header("Accept-Encoding").split(",")) {
            if (coding.strip().equals("gzip")) {
                return true;
            }
        }
        return false;
    }

    private void pack(byte[] front, Iterator<byte[]> rest) throws IOException {
        response.getHeaders().put("Content-Encoding", "gzip");
        response.getHeaders().add("Vary", "Accept-Encoding");
        try (var sink = new GzipSink(response)) {
            sink.write(front);
            while (rest.hasNext()) {
                sink.write(rest.next());
            }
            sink.finish();
        }
    }

    private void writeAll(byte[] front, Iterator<byte[]> rest) throws IOException {
        Content.Sink.write(response, false, ByteBuffer.wrap(front));
        var step = ByteBuffer.allocate(2 * STEP_BYTES);
        while (rest.hasNext()) {
            byte[] piece = rest.next();
            if (piece.length > step.remaining()) {
                Content.Sink.write(response, false, step.flip());
                step.clear();
            }
            if (piece.length > step.remaining()) {
                Content.Sink.write(response, false, ByteBuffer.wrap(piece));
            } else {
                step.put(piece);
            }
        }
        Content.Sink.write(response, false, step.flip());
    }

    /** An answer without a body. */
    void answer(int code) {
        settle();
        answered = true;
        status = code;
        response.setStatus(code);
        response.write(true, ByteBuffer.allocate(0), callback);
    }

    private void begin(int code, String type) {
        settle();
        answered = true;
        status = code;
        response.setStatus(code);
        response.getHeaders().put("Content-Type", type);
        if (!response.getHeaders().contains("Cache-Control")) {
            response.getHeaders().put("Cache-Control", "no-cache, private");
        }
    }

    /** Gives up an answer that cannot be finished; the client sees the connection break. */
    void breakOff(Throwable why) {
        answered = true;
        callback.failed(why);
    }

    /**
     * Begins an answer that is written piece by piece: its head is sent at once. {@code onGone} is told, once, when the
     * client leaves.
     */
    Stream stream(int code, String type, Runnable onGone) throws IOException {
        begin(code, type);
        callback.ofStream();
        var told = new AtomicBoolean();
        Runnable once = () -> {
            if (told.compareAndSet(false, true)) {
                onGone.run();
            }
        };
        onStreaming.run();
        trail.ifPresent(t -> t.started(code));
        request.addIdleTimeoutListener(timeout -> false);
        request.addFailureListener(failure -> once.run());
        var departure = Departure.watch(request, response, endPoint(), once);
        var stream = new Stream(departure);
        stream.write(new byte[0], 0, 0);
        return stream;
    }

    /** Counts what clients do not read. */
    UnreadAnswers unread() {
        return bounds.unread();
    }

    /** Whether this connection can leave HTTP for another protocol. */
    boolean upgradable() {
        return request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1;
    }

    /** Whether the client asks for another protocol on its connection. */
    boolean asksToLeave() {
        return !header("Upgrade").isEmpty() && header("Connection").toLowerCase(Locale.ROOT).contains("upgrade");
    }

    /** Answers 101 and hands the connection to a tunnel, together with what the far side has sent already. */
    void upgrade(Tunnel.Far far) {
        var headers = new LinkedHashMap<>(far.head().headers());
        headers.keySet().removeAll(List.of("content-length", "transfer-encoding"));
        var atItsEnd = onDone.getAndSet(NOTHING_TO_DO);
        upgrade(headers, (near, executor) -> new Tunnel(new Tunnel.Near(near, executor, atItsEnd), far,
                bounds.tunnels()));
    }

    /** Answers 101 with some headers; what is made of the connection has it from then on. */
    <C extends Connection> C upgrade(Map<String, String> headers, BiFunction<EndPoint, Executor, C> made) {
        answered = true;
        status = 101;
        onStreaming.run();
        trail.ifPresent(t -> t.started(101));
        response.setStatus(101);
        headers.forEach(response.getHeaders()::put);
        var connection = made.apply(endPoint(), request.getComponents().getExecutor());
        request.setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, connection);
        response.write(true, ByteBuffer.allocate(0), Callback.from(callback::succeeded, failure -> {
            connection.onClose(failure);
            callback.failed(failure);
        }));
        return connection;
    }

    /** The rest of an answer. Each piece is sent at once; a client that does not read holds up this thread alone. */
    final class Stream implements EventSink {
        private final Departure departure;
        private final AtomicBoolean failed = new AtomicBoolean();

        private Stream(Departure departure) {
            this.departure = departure;
        }

        @Override
        public Framing framing() {
            return departure.chunked() ? Framing.CHUNK : Framing.NONE;
        }

        @Override
        public byte[] framed(byte[] event) {
            return departure.chunked() ? Chunks.of(event, 0, event.length) : event;
        }

        /** A client asks nothing while it is answered. */
        @Override
        public void onAsked(Runnable told) {
        }

        @Override
        public byte[] reply() {
            return NOTHING;
        }

        void write(byte[] bytes, int from, int length) throws IOException {
            send(departure.chunked() ? ByteBuffer.wrap(Chunks.of(bytes, from, length))
                    : ByteBuffer.wrap(bytes, from, length));
        }

        private void send(ByteBuffer framed) throws IOException {
            try {
                Content.Sink.write(response, false, framed);
            } catch (IOException e) {
                fail(e);
                throw e;
            }
        }

        @Override
        public void send(ByteBuffer framed, Callback sent) {
            response.write(false, framed, sent);
        }

        @Override
        public void fail(Throwable why) {
            if (failed.compareAndSet(false, true)) {
                breakOff(why);
            }
        }

        @Override
        public void close() {
            departure.close();
            if (!failed.get()) {
                response.write(true, departure.chunked() ? Chunks.last() : ByteBuffer.allocate(0), callback);
            }
        }
    }
}
