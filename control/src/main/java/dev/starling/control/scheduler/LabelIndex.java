package dev.starling.control.scheduler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Things that select pods, found by a label that all pods that they select have. */
final class LabelIndex<T> {
    private final Map<PodSelection.Label, List<T>> labelled = new HashMap<>();
    private final List<T> others = new ArrayList<>();

    void add(Optional<PodSelection.Label> needed, T thing) {
        if (needed.isEmpty()) {
            others.add(thing);
        } else {
            labelled.computeIfAbsent(needed.get(), label -> new ArrayList<>(1)).add(thing);
        }
    }

    void remove(Optional<PodSelection.Label> needed, T thing) {
        if (needed.isEmpty()) {
            others.remove(thing);
            return;
        }
        var same = labelled.getOrDefault(needed.get(), List.of());
        same.remove(thing);
        if (same.isEmpty()) {
            labelled.remove(needed.get());
        }
    }

    /** Calls with all that may select a pod with these labels. */
    void candidates(Map<String, String> labels, Consumer<T> each) {
        if (!labelled.isEmpty()) {
            labels.forEach((key, value) ->
                    labelled.getOrDefault(new PodSelection.Label(key, value), List.of()).forEach(each));
        }
        others.forEach(each);
    }
}
