package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.protobuf.ProtobufAnswers;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.kube.api.Watch;
import dev.starling.kube.api.WatchEvent;
import dev.starling.kube.object.Kinds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One stream of a watch that does what a test wants. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WatchStreamTest {
    private static final ProtobufAnswers ANSWERS = new ProtobufAnswers(Schemas.builtIn());

    @TempDir
    private Path folder;
    private TestServer identity;
    private HttpServer server;
    private final UnsentBytes unsent = new UnsentBytes(1_000, Duration.ofSeconds(50));
    private Duration most = Duration.ofSeconds(50);
    private final LinkedBlockingQueue<Throwable> told = new LinkedBlockingQueue<>();

    private RawClient serving(Watch watch) throws Exception {
        identity = TestServer.in(folder);
        var source = new WatchStream.Source(new Frames(), unsent, step -> Thread.ofVirtual().start(step),
                InstantSource.system());
        server = new HttpServer(ServerSettings.DEFAULT.at("127.0.0.1", 0), identity.certificates().serverTls(),
                exchange -> {
                    var answer = Answer.to(exchange, ApiRequest.of(exchange), Kinds.CONFIG_MAPS, ANSWERS, true);
                    try {
                        new WatchStream(watch, answer, source).serve(exchange, most, new Stopping());
                    } catch (RuntimeException e) {
                        told.add(e);
                    }
                }, new Exchange.Bounds(ServerLimits.DEFAULT, false, new LargeBodies(ServerLimits.DEFAULT),
                        new Tunnels(), new UnreadAnswers()));
        server.start();
        return RawClient.with(identity, server.port());
    }

    @AfterEach
    void stop() {
        server.close();
        identity.close();
    }

    /** Fails when it is read. */
    private record Failing(Throwable failure) implements Watch {
        @Override
        public Optional<WatchEvent> poll() {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failure;
        }

        @Override
        public void onReady(Runnable wake) {
            wake.run();
        }

        @Override
        public boolean ended() {
            return false;
        }

        @Override
        public void close() {
        }
    }

    private void assertBreaksOff(Throwable failure) throws Exception {
        try (var client = serving(new Failing(failure))) {
            client.write("GET /api/v1/configmaps?watch=1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThrows(IOException.class, client::readWhole);
            var bug = told.poll(20, TimeUnit.SECONDS);
            assertTrue(bug != null && bug.getCause() == failure, () -> "told " + bug);
            assertEquals(0, told.size());
        }
    }

    @Test
    void breaksOffWhenAStepFails() throws Exception {
        assertBreaksOff(new IllegalStateException("a bug"));
    }

    @Test
    void breaksOffWhenAStepFailsByAnError() throws Exception {
        assertBreaksOff(new StackOverflowError("an error"));
    }

    /** Has nothing to tell. */
    private record Quiet() implements Watch {
        @Override
        public Optional<WatchEvent> poll() {
            return Optional.empty();
        }

        @Override
        public void onReady(Runnable wake) {
            wake.run();
        }

        @Override
        public boolean ended() {
            return false;
        }

        @Override
        public void close() {
        }
    }

    @Test
    void endsInGoodOrderWhileItWaitsForOthersToRead() throws Exception {
        most = Duration.ofMillis(200);
        unsent.sent(1_000, () -> { });
        try (var client = serving(new Quiet())) {
            client.write("GET /api/v1/configmaps?watch=1 HTTP/1.1\r\nHost: localhost\r\n"
                    + "Accept: application/json;as=Table;v=v1;g=meta.k8s.io\r\n\r\n");
            assertEquals(200, client.readWhole().status());
            assertTrue(unsent.metrics().toString().contains("apiserver_delayed_watches_total"));
        }
    }
}
