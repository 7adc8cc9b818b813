package dev.starling.apiserver.http;

import dev.starling.kube.metric.MetricSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * One TLS port that speaks HTTP/2 and HTTP/1.1, chosen by ALPN, and gives each request a virtual thread. The engine's
 * own few threads never block; its buffers are small, because an idle server should cost next to nothing.
 */
final class HttpServer implements AutoCloseable {
    private static final int PLATFORM_THREADS = 6;
    private static final int BUFFER_BYTES = 16 << 10;
    private static final Duration THREAD_IDLE = Duration.ofMinutes(1);
    private static final Duration STOP_TIME = Duration.ofSeconds(1);
    private static final int POOLED_BYTES = 8 << 20;

    /** Held, because a logger that nobody holds forgets its level. */
    private static final Logger ENGINE_LOG = Logger.getLogger("org.eclipse.jetty");

    private final Server server;
    private final ServerConnector connector;
    private final List<ConnectionFactory> protocols;
    private final Exchange.Bounds bounds;
    private final Connections connections;
    private final Http2 http2;
    private final InFlight inFlight = new InFlight();

    HttpServer(ServerSettings settings, SSLContext tls, Consumer<Exchange> chain, Exchange.Bounds bounds) {
        this.bounds = bounds;
        var limits = bounds.limits();
        this.connections = new Connections(limits);
        ENGINE_LOG.setLevel(Level.SEVERE); // it warns of malformed requests, and so would let clients fill the log
        // A queue of the JDK: the static set-up of Jetty's own one asks the management beans, which takes long.
        var pool = new QueuedThreadPool(PLATFORM_THREADS, 2, (int) THREAD_IDLE.toMillis(), 0,
                new LinkedBlockingQueue<>(), null);
        pool.setName("http");
        pool.setDaemon(true);
        server = new Server(pool, null, new ArrayByteBufferPool(0, 1 << 10, 64 << 10, 64, POOLED_BYTES, POOLED_BYTES));
        server.setHandler(new Entry(chain, bounds, connections, inFlight));
        server.setErrorHandler(this::malformed);
        var http = configuration(limits);
        http2 = new Http2(http, limits);
        http2.setInputBufferSize(BUFFER_BYTES);
        var alpn = new ALPNServerConnectionFactory("h2", "http/1.1");
        alpn.setDefaultProtocol("http/1.1");
        protocols = List.of(new SslConnectionFactory(tls(tls), "alpn"), alpn, http2, new HttpConnectionFactory(http));
        connector = connector(settings.host(), settings.port());
        server.addConnector(connector);
        connections.sweptBy(connector.getScheduler());
    }

    private ServerConnector connector(String host, int port) {
        var made = new ServerConnector(server, this::execute, null, null, 0, 1,
                protocols.toArray(ConnectionFactory[]::new)) {
            @Override
            protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector,
                    SelectionKey key) {
                var endPoint = new SocketChannelEndPoint(channel, selector, key, getScheduler()) {
                    @Override
                    protected void onIdleExpired(TimeoutException timeout) {
                        connections.silent(getConnection());
                        super.onIdleExpired(timeout);
                    }
                };
                endPoint.setIdleTimeout(getIdleTimeout());
                return endPoint;
            }
        };
        made.setHost(host);
        made.setPort(port);
        made.setIdleTimeout(bounds.limits().idle().toMillis());
        made.addBean(connections);
        made.setAcceptQueueSize(256);
        return made;
    }

    /**
     * A connection looks for its next request when it is answered. The thread of the request can do that, because it
     * gives what it finds to another one; waking one of the engine's threads for it would cost more than the look.
     */
    private void execute(Runnable task) {
        if (task instanceof Connection && Thread.currentThread().isVirtual()) {
            task.run();
        } else {
            server.getThreadPool().execute(task);
        }
    }

    private static HttpConfiguration configuration(ServerLimits limits) {
        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(true);
        http.setRequestHeaderSize(limits.headBytes());
        http.setResponseHeaderSize(BUFFER_BYTES);
        http.setInputBufferSize(BUFFER_BYTES);
        http.setOutputBufferSize(BUFFER_BYTES);
        http.setOutputAggregationSize(0);
        http.setIdleTimeout(limits.idle().toMillis());
        http.addCustomizer(new SecureRequestCustomizer(false));
        return http;
    }

    /** Client certificates are asked for, not required; who they name is the authenticator's matter. */
    private static SslContextFactory.Server tls(SSLContext context) {
        var factory = new SslContextFactory.Server();
        factory.setSslContext(context);
        factory.setWantClientAuth(true);
        factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        // As upstream's: the shorter key is long enough, and each byte costs nearly a third fewer rounds.
        factory.setCipherComparator(Comparator.comparing(suite -> !suite.contains("AES_128_GCM")));
        return factory;
    }

    /** Requests that HTTP itself refuses, such as a malformed path. */
    private boolean malformed(Request request, Response response, Callback callback) {
        connections.malformed();
        int code = response.getStatus() < 400 ? 400 : response.getStatus();
        if (request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2) {
            // The engine may fail such a request again after its answer, and the next one on its connection, too.
            response.getHeaders().put("Connection", "close");
        }
        var exchange = new Exchange(request, response, callback, bounds);
        exchange.answer(code, MediaType.JSON, KubeStatus.malformed(code));
        return true;
    }

    void start() {
        begin(server);
    }

    /** Listens on the same port of one more address. */
    void alsoListen(String host) {
        var another = connector(host, port());
        server.addConnector(another);
        begin(another);
    }

    private static void begin(LifeCycle part) {
        try {
            part.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP server did not start", e);
        }
    }

    /** What it measures of its connections. */
    MetricSource connections() {
        return () -> Stream.of(connections, http2).flatMap(source -> source.metrics().stream()).toList();
    }

    int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        bounds.tunnels().close();
        try {
            inFlight.awaitNone(STOP_TIME);
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP server did not stop", e);
        }
    }

    private static final class Entry extends Handler.Abstract.NonBlocking {
        private final Consumer<Exchange> chain;
        private final Exchange.Bounds bounds;
        private final Connections connections;
        private final InFlight inFlight;
        private final ThreadFactory threads = Thread.ofVirtual().name("http-", 0).factory();

        Entry(Consumer<Exchange> chain, Exchange.Bounds bounds, Connections connections, InFlight inFlight) {
            this.chain = chain;
            this.bounds = bounds;
            this.connections = connections;
            this.inFlight = inFlight;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            var exchange = new Exchange(request, response, callback, bounds);
            inFlight.begin();
            var idle = connections.busy(exchange.endPoint());
            threads.newThread(() -> serve(exchange, idle)).start();
            return true;
        }

        private void serve(Exchange exchange, Runnable idle) {
            try {
                chain.accept(exchange);
            } finally {
                exchange.over();
                idle.run();
                inFlight.end();
            }
        }
    }
}
