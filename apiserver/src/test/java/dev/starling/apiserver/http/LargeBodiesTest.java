package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.kube.api.ApiException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One place, and who needs it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LargeBodiesTest {
    private static final ServerLimits LIMITS =
            ServerLimits.parse("{largeBodies: 1, largeBodyBytes: 10, queueSeconds: 1}");
    private static final String LARGE = "x".repeat(10);
    private static final String PLAIN = "Content-Type: text/plain";

    @TempDir
    private Path folder;
    private TestServer identity;
    private HttpServer server;
    private final LargeBodies large = new LargeBodies(LIMITS);

    private RawClient serving(Consumer<Exchange> chain) throws Exception {
        identity = TestServer.in(folder);
        server = new HttpServer(ServerSettings.DEFAULT.at("127.0.0.1", 0), identity.certificates().serverTls(),
                exchange -> {
                    try {
                        chain.accept(exchange);
                        Answer.text(exchange, 200, "read");
                    } catch (ApiException e) {
                        Answer.refuse(exchange, e);
                    }
                }, new Exchange.Bounds(LIMITS, false, large, new Tunnels(),
                        new UnreadAnswers()));
        server.start();
        return RawClient.with(identity, server.port());
    }

    @AfterEach
    void stop() {
        server.close();
        identity.close();
    }

    @Test
    void aRequestThatIsExemptNeedsNoPlace() throws Exception {
        var taken = large.enter(LARGE.length());
        try (var client = serving(exchange -> {
            if (exchange.path().equals("/exempt")) {
                exchange.exempted();
            }
            exchange.body();
        })) {
            assertEquals(429, client.send("POST", "/", PLAIN, LARGE).status());
            assertEquals(200, client.send("POST", "/exempt", PLAIN, LARGE).status());
            taken.run();
            assertEquals(200, client.send("POST", "/", PLAIN, LARGE).status());
        }
    }

    @Test
    void aPlaceIsFreeAgainWhateverBecameOfTheRequest() throws Exception {
        var taken = large.enter(LARGE.length());
        try (var client = serving(exchange -> {
            exchange.body();
            exchange.over();
        })) {
            assertEquals(429, client.send("POST", "/", PLAIN, LARGE).status());
            taken.run();
            assertEquals(200, client.send("POST", "/", PLAIN, LARGE).status());
            assertEquals(0, large.metrics().getFirst().value());
        }
    }
}
