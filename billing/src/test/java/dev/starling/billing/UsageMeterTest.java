package dev.starling.billing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.ObjectList;
import dev.starling.kube.api.Patch;
import dev.starling.kube.api.Watch;
import dev.starling.kube.api.WatchEvent;
import dev.starling.kube.api.WatchQuery;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.yaml.Yaml;
import dev.starling.store.Journal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UsageMeterTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:01:00Z");
    private static final PriceBook PRICES =
            PriceBook.parse("{vcpuHour: 1, gibHour: 1, unrequested: {cpu: 250m, memory: 512Mi}}");
    private static final Logger LOGGER = Logger.getLogger(UsageMeter.class.getName());

    @TempDir
    Path folder;
    private final Changes changes = new Changes();
    private final List<String> warnings = new ArrayList<>();

    private static KubeObject ended(String receipt) {
        return KubeObject.of(Yaml.documents("""
                kind: Pod
                metadata: {name: web, namespace: shop, uid: u1, resourceVersion: "7", annotations: {
                  starling.dev/billing-start: "2026-01-01T00:00:01Z", starling.dev/billing-end: "2026-01-01T00:00:09Z"}}
                """).getFirst().object()).with(receipt, "metadata", "annotations", "starling.dev/receipt");
    }

    private UsageSpan bill(KubeObject pod, int times) {
        for (int i = 0; i < times; i++) {
            changes.events.add(new WatchEvent(WatchEvent.Type.MODIFIED, pod));
        }
        try (var ledger = new Ledger(Journal.open(folder.resolve("ledger"), InstantSource.system()))) {
            new UsageMeter(changes, ledger, PRICES).step(NOW);
            return ledger.find("u1").orElseThrow();
        }
    }

    @Test
    void keepsTheReceiptWithTheSpan() {
        assertEquals(JsonObject.of("total", 41.5), bill(ended("{\"total\": 41.5}"), 1).receipt());
    }

    @Test
    void billsAPodWithABrokenReceiptAndSaysSoOnce() {
        var ear = new Ear();
        LOGGER.addHandler(ear);
        try {
            var span = bill(ended("[{"), 3);
            assertEquals(Optional.of(Instant.parse("2026-01-01T00:00:09Z")), span.end());
            assertEquals(JsonObject.EMPTY, span.receipt());
        } finally {
            LOGGER.removeHandler(ear);
        }
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.getFirst().contains("pod=shop/web uid=u1"), warnings.getFirst());
    }

    @Test
    void takesOnlyAnObjectForAReceipt() {
        assertEquals(Optional.empty(), Metering.receipt(ended("[1]")));
        assertEquals(Optional.of(JsonObject.EMPTY), Metering.receipt(ended("")));
    }

    /** Hears what the meter logs. */
    private final class Ear extends Handler {
        @Override
        public void publish(LogRecord heard) {
            warnings.add(heard.getMessage());
        }

        @Override
        public void flush() {
        }

        @Override
        public void close() {
        }
    }

    /** An API that has no pods, and then tells of changes. */
    private static final class Changes implements KubeApi {
        private final ArrayDeque<WatchEvent> events = new ArrayDeque<>();

        @Override
        public ObjectList list(ListQuery query) {
            return new ObjectList(List.of(), "1", "", 0);
        }

        @Override
        public Watch watch(WatchQuery query) {
            return new Watch() {
                @Override
                public Optional<WatchEvent> poll() {
                    return Optional.ofNullable(events.poll());
                }

                @Override
                public void onReady(Runnable wake) {
                }

                @Override
                public boolean ended() {
                    return false;
                }

                @Override
                public void close() {
                }
            };
        }

        @Override
        public KubeObject create(ObjectKey key, KubeObject object, WriteOptions options) {
            throw new UnsupportedOperationException();
        }

        @Override
        public KubeObject get(ObjectKey key) {
            throw new UnsupportedOperationException();
        }

        @Override
        public KubeObject update(ObjectKey key, KubeObject object, WriteOptions options) {
            throw new UnsupportedOperationException();
        }

        @Override
        public KubeObject patch(ObjectKey key, Patch patch, WriteOptions options) {
            throw new UnsupportedOperationException();
        }

        @Override
        public KubeObject delete(ObjectKey key, DeleteOptions options) {
            throw new UnsupportedOperationException();
        }
    }
}
