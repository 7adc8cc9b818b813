package dev.starling.control.scheduler;

import java.util.List;
import java.util.Map;

/**
 * A namespace and labels: all that selectors ask of a pod. Pods of one workload share one, and with it what selects
 * them, which {@link Books} work out again when selectors come or go. Belongs to the loop.
 */
final class Identity {
    private final String namespace;
    private final Map<String, String> labels;
    private long version = -1;
    private List<Counter> counters = List.of();
    private List<Holder> holders = List.of();

    Identity(String namespace, Map<String, String> labels) {
        this.namespace = namespace;
        this.labels = Map.copyOf(labels);
    }

    String namespace() {
        return namespace;
    }

    Map<String, String> labels() {
        return labels;
    }

    boolean knowsAsOf(long books) {
        return version == books;
    }

    void learn(long books, List<Counter> selecting, List<Holder> held) {
        version = books;
        counters = selecting;
        holders = held;
    }

    List<Counter> counters() {
        return counters;
    }

    List<Holder> holders() {
        return holders;
    }

    @Override
    public boolean equals(Object other) {
        return this == other || other instanceof Identity that && namespace.equals(that.namespace)
                && labels.equals(that.labels);
    }

    @Override
    public int hashCode() {
        return namespace.hashCode() * 31 + labels.hashCode();
    }
}
