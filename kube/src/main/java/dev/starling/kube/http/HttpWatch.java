package dev.starling.kube.http;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.Watch;
import dev.starling.kube.api.WatchEvent;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A watch over HTTP. A virtual thread of its own reads ahead into a bounded queue; when that is full it stops reading,
 * and the server, whose buffers then fill, cuts the watch off in the end.
 */
final class HttpWatch implements Watch {
    private static final System.Logger LOG = System.getLogger(HttpWatch.class.getName());
    private static final int MOST_EVENTS = 1_000;
    private static final int PIECE_BYTES = 16 << 10;

    private final InputStream in;
    private final ResourceType type;
    private final BlockingQueue<WatchEvent> events = new LinkedBlockingQueue<>(MOST_EVENTS);
    private final Thread reader;
    private volatile Runnable wake = () -> { };
    private volatile boolean over;
    private volatile boolean closed;

    HttpWatch(HttpResponse<InputStream> response, ResourceType type) {
        this.in = response.body();
        this.type = type;
        this.reader = Thread.ofVirtual().name("watch-" + type.plural()).start(this::read);
    }

    private void read() {
        try (in) {
            var line = new ByteArrayOutputStream();
            var piece = new byte[PIECE_BYTES];
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                take(piece, n, line);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "watch broke off", e);
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "watch was closed", e);
        } finally {
            over = true;
            wake.run();
        }
    }

    private void take(byte[] piece, int length, ByteArrayOutputStream line) throws InterruptedException {
        int from = 0;
        for (int i = 0; i < length; i++) {
            if (piece[i] == '\n') {
                line.write(piece, from, i - from);
                from = i + 1;
                events.put(event(line.toByteArray()));
                line.reset();
                wake.run();
            }
        }
        line.write(piece, from, length - from);
    }

    private WatchEvent event(byte[] line) {
        try {
            var tree = JsonReader.readObject(line);
            var kind = WatchEvent.Type.valueOf(tree.text("type"));
            var object = tree.object("object");
            return new WatchEvent(kind, kind == WatchEvent.Type.ERROR ? KubeObject.of(object)
                    : HttpApi.typed(object, type));
        } catch (JsonException | IllegalArgumentException e) {
            return WatchEvent.error(ApiException.internal("unable to decode an event from the watch stream: "
                    + e.getMessage()));
        }
    }

    @Override
    public Optional<WatchEvent> poll() {
        return closed ? Optional.empty() : Optional.ofNullable(events.poll());
    }

    @Override
    public void onReady(Runnable listener) {
        wake = listener;
        if (over || !events.isEmpty()) {
            listener.run();
        }
    }

    @Override
    public boolean ended() {
        return closed || over && events.isEmpty();
    }

    @Override
    public void close() {
        closed = true;
        reader.interrupt();
        try {
            in.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a watch failed", e);
        }
    }
}
