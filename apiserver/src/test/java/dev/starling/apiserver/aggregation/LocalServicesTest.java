package dev.starling.apiserver.aggregation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.object.Kinds;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What this server lists of itself, whatever a webhook has against parts of it. */
final class LocalServicesTest {
    private static final Logger LOG = Logger.getLogger(LocalServices.class.getName());

    private final TestRegistry server = TestRegistry.inMemory();
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final Handler ears = new Handler() {
        @Override
        public void publish(LogRecord line) {
            if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
                warnings.add(line.getMessage());
            }
        }

        @Override
        public void flush() {
        }

        @Override
        public void close() {
        }
    };

    @AfterEach
    void close() {
        LOG.removeHandler(ears);
        server.close();
    }

    private List<String> listed() {
        return server.api().list(ListQuery.all(Kinds.API_SERVICES)).items().stream()
                .map(object -> object.name() + object.status().array("conditions").size()).toList();
    }

    @Test
    void oneThatIsRefusedStopsNoOtherAndIsToldOnce() {
        LOG.addHandler(ears);
        server.admitAlso(request -> {
            if (request.key().name().equals("v1.apps")) {
                throw ApiException.forbidden("apiservices", "v1.apps", "not today");
            }
            return request.object();
        });
        var loop = new LocalServices(server.registry().catalog(), server.api());
        for (int i = 0; i < 3; i++) {
            loop.step(Instant.EPOCH.plusSeconds(10 * i));
        }
        assertTrue(listed().contains("v1.batch1") && !listed().contains("v1.apps1"), listed().toString());
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.getFirst().contains("name=v1.apps reason=") && warnings.getFirst().contains("not today"));
        server.admitAlso(request -> request.object());
        loop.step(Instant.EPOCH.plusSeconds(100));
        assertTrue(listed().contains("v1.apps1"), listed().toString());
    }
}
