package dev.starling.app.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.billing.Ledger;
import dev.starling.billing.PriceBook;
import dev.starling.billing.UsageMeter;
import dev.starling.billing.UsageSpan;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.store.Journal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must be true of the whole system, whatever users do and in whatever order its loops are called. */
final class InvariantsTest {
    private static final Instant START = Instant.parse("2026-03-02T10:00:00Z");
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** A container that starts again may run and end between two looks: nobody sees its last moments. */
    private static final Duration UNSEEN = LOOK.multipliedBy(2);

    @TempDir
    private Path folder;

    private static LongStream seeds() {
        return LongStream.rangeClosed(1, 20);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void holdWhateverUsersDo(long seed) throws Exception {
        var file = folder.resolve("ledger");
        List<UsageSpan> spans;
        try (var cluster = new SimulatedCluster(SimulatedCluster.Settings.at(START).seeded(seed), folder)) {
            var ledger = new Ledger(Journal.open(file, cluster.driver.clock()));
            cluster.alsoClose(ledger);
            cluster.alsoClose(new UsageMeter(cluster.api("billing"), ledger, PriceBook.load(folder.resolve("prices")))
                    .start(cluster.driver));
            var audit = new Audit(cluster);
            cluster.makeProfile();
            var work = new RandomWork(cluster, seed);
            work.run();
            cluster.informers.values().forEach(informer -> assertConverged(cluster, informer));
            assertBilled(ledger.spans(), audit.ran());
            work.end();
            assertEquals(List.of(), cluster.list(Kinds.PODS));
            cluster.informers.values().forEach(informer -> assertConverged(cluster, informer));
            spans = ledger.spans();
            assertBilled(spans, audit.ran());
            assertTrue(spans.stream().noneMatch(UsageSpan::isOpen), "no pod is left, so no span is open");
        }
        try (var again = new Ledger(Journal.open(file, () -> START))) {
            assertEquals(spans, again.spans(), "the ledger on disk says the same");
        }
    }

    private static void assertConverged(SimulatedCluster cluster, Informer informer) {
        assertEquals(revisions(cluster.list(informer.type())), revisions(informer.all()), informer::name);
    }

    private static Map<String, String> revisions(Collection<KubeObject> objects) {
        return objects.stream().collect(Collectors.toMap(KubeObject::uid, KubeObject::resourceVersion));
    }

    /** Every pod that ran has one span, which holds every moment at which it was seen to run and little more. */
    private static void assertBilled(List<UsageSpan> spans, Map<String, TreeSet<Instant>> ran) {
        var byPod = spans.stream().collect(Collectors.groupingBy(UsageSpan::uid));
        ran.forEach((uid, moments) -> {
            var found = byPod.getOrDefault(uid, List.of());
            assertEquals(1, found.size(), () -> "spans of a pod that ran: " + found);
            var span = found.getFirst();
            assertTrue(!span.start().isAfter(moments.first()), () -> span + " misses " + moments.first());
            assertTrue(span.end().map(end -> !end.isBefore(moments.last())).orElse(true),
                    () -> span + " misses " + moments.last());
            assertTrue(span.start().plus(LOOK).isAfter(moments.first().minusMillis(1)), () -> span + " is too early");
            assertTrue(span.end().map(end -> !end.minus(UNSEEN).isAfter(moments.last())).orElse(true),
                    () -> span + " lasts longer than its pod, seen last " + moments.last());
        });
    }
}
