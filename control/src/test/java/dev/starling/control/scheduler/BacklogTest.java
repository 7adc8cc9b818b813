package dev.starling.control.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.control.workload.Objects;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class BacklogTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private final Backlog backlog = new Backlog();
    private final ClusterImage image = new ClusterImage(Volumes.NONE);

    private void add(String key) {
        backlog.add("default/" + key, new Backlog.Rank(0, START), START);
    }

    private void refuse(String key) {
        backlog.refused(image.read(Objects.pod("default/" + key)), Set.of(Objection.Kind.RESOURCE));
    }

    private void wake(Instant now) {
        backlog.wake(now, (pod, causes) -> Long.MAX_VALUE);
    }

    private List<String> take(Instant now, int most) {
        return backlog.take(now, most).stream().map(key -> key.substring("default/".length())).toList();
    }

    @Test
    void givesWhatIsDueInOrderAndOnce() {
        add("b");
        add("a");
        assertEquals(List.of("a"), take(START, 1));
        assertEquals(List.of("b"), take(START, 9));
        assertEquals(List.of(), take(START, 9));
    }

    @Test
    void parkedPodsWaitForAChangeAndTheirPause() {
        add("a");
        take(START, 9);
        refuse("a");
        assertEquals(List.of(), take(START.plusSeconds(100), 9));
        wake(START.plusMillis(200));
        assertEquals(Optional.of(START.plusSeconds(1)), backlog.nextDue());
        assertEquals(List.of("a"), take(START.plusSeconds(1), 9));
        refuse("a");
        wake(START.plusSeconds(1));
        assertEquals(Optional.of(START.plusSeconds(3)), backlog.nextDue());
    }

    @Test
    void parkedPodsAreTriedAgainAfterFiveMinutesAnyway() {
        add("a");
        take(START, 9);
        refuse("a");
        assertEquals(Optional.of(START.plusSeconds(300)), backlog.nextDue());
        assertEquals(List.of("a"), take(START.plusSeconds(300), 9));
    }

    @Test
    void failedBindingsAreTriedAgainAfterAPauseOfAtMostTenSeconds() {
        add("a");
        var now = START;
        for (int i = 0; i < 10; i++) {
            now = backlog.nextDue().orElseThrow();
            assertEquals(List.of("a"), take(now, 9));
            backlog.failed("default/a", now);
        }
        assertEquals(Optional.of(now.plusSeconds(10)), backlog.nextDue());
    }

    @Test
    void aParkedPodWhoseRefusalCouldNotBeToldIsTriedAgain() {
        add("a");
        take(START, 9);
        refuse("a");
        backlog.retry("default/a", START);
        assertEquals(Optional.of(START.plusSeconds(1)), backlog.nextDue());
    }

    @Test
    void aRefusalThatCouldNotBeToldSaysNothingOfALaterTry() {
        add("a");
        take(START, 9);
        backlog.retry("default/a", START);
        assertEquals(Optional.empty(), backlog.nextDue());
    }

    @Test
    void onePodOfThoseThatAskTheSameMayBeWoken() {
        List.of("a", "b").forEach(this::add);
        take(START, 9);
        List.of("b", "a").forEach(this::refuse);
        backlog.wake("default/a", START);
        assertEquals(List.of("a"), take(START.plusSeconds(1), 9));
    }

    @Test
    void aPodThatChangesIsDueAtOnce() {
        add("a");
        take(START, 9);
        refuse("a");
        add("a");
        assertEquals(List.of("a"), take(START, 9));
        assertEquals(1, backlog.size());
        backlog.remove("default/a");
        assertEquals(0, backlog.size());
    }

    @Test
    void theImportantComesFirstThenTheOldest() {
        backlog.add("default/late", new Backlog.Rank(0, START.plusSeconds(1)), START);
        backlog.add("default/early", new Backlog.Rank(0, START), START);
        backlog.add("default/important", new Backlog.Rank(7, START.plusSeconds(2)), START);
        assertEquals(List.of("important", "early", "late"), take(START, 9));
    }

    @Test
    void saysHowManyWaitForWhat() {
        List.of("a", "b", "c", "d").forEach(this::add);
        backlog.take(START, 3);
        refuse("a");
        backlog.failed("default/b", START);
        assertEquals(new Backlog.Waiting(1, 1, 1), backlog.waiting());
        List.of("a", "b", "c", "d").forEach(key -> backlog.remove("default/" + key));
        assertEquals(new Backlog.Waiting(0, 0, 0), backlog.waiting());
    }

    @Test
    void anEventWakesOnlyAsManyAsItMayHelp() {
        List.of("a", "b", "c").forEach(this::add);
        take(START, 9);
        List.of("c", "a", "b").forEach(this::refuse);
        backlog.wake(START.plusSeconds(5), (pod, causes) -> 2);
        assertEquals(List.of("a", "b"), take(START.plusSeconds(5), 9));
        assertEquals(List.of(), take(START.plusSeconds(60), 9));
    }
}
