package dev.starling.control.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pods that have a node, and wait there until somebody made the volumes of their claims; each for ten minutes at most,
 * as upstream's scheduler waits. Owned by one thread.
 */
final class Provisioning {
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private record Waiting(Decision.Bind bind, Instant until) {
    }

    /** Pods whose volumes are there, and pods that waited in vain. */
    record Ended(List<Decision.Bind> made, List<Decision.Bind> failed) {
    }

    private final Map<String, Waiting> waiting = new LinkedHashMap<>(); // the longest waiting first

    void add(Decision.Bind bind, Instant now) {
        waiting.put(bind.facts().key(), new Waiting(bind, now.plus(LONGEST)));
    }

    void remove(String pod) {
        waiting.remove(pod);
    }

    /** Takes those whose waiting is over. */
    Ended ended(ClusterImage image, Instant now) {
        var ended = new Ended(new ArrayList<>(), new ArrayList<>());
        for (var one : List.copyOf(waiting.values())) {
            var facts = image.read(one.bind().pod());
            boolean fits = facts.ask().problem().isEmpty() && image.node(one.bind().node())
                    .filter(node -> facts.needs().allows(node.facts())).isPresent();
            if (!fits || !now.isBefore(one.until())) {
                ended.failed().add(one.bind());
            } else if (facts.unmade().isEmpty()) {
                ended.made().add(one.bind());
            }
        }
        ended.made().forEach(bind -> remove(bind.facts().key()));
        ended.failed().forEach(bind -> remove(bind.facts().key()));
        return ended;
    }

    Optional<Instant> nextDue() {
        return waiting.values().stream().map(Waiting::until).findFirst();
    }
}
