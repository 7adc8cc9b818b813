package dev.starling.control.scheduler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Counts of pods by domain, for every constraint that is in use, kept by increments: what a pod selects is counted
 * when somebody first asks, and what a placed pod forbids or wishes as long as it is there. Belongs to the loop.
 */
final class Books {
    /** Bounds the memory of counters: beyond it, those that were not asked for longest are forgotten. */
    private static final long MOST_WEIGHT = 16_000_000;
    private static final int MOST_TOPOLOGIES = 200;

    private final PodSelection.Namespaces namespaces;
    private final Supplier<List<NodeSlot>> nodes;
    private final Map<String, Topology> topologies = new LinkedHashMap<>();
    private final Map<Counter.Key, Counter> counters = new LinkedHashMap<>(16, 0.75f, true);
    private final LabelIndex<Counter> countersByLabel = new LabelIndex<>();
    private final Map<Holder.Key, Holder> holders = new HashMap<>();
    private final LabelIndex<Holder> holdersByLabel = new LabelIndex<>();
    private long version;

    Books(PodSelection.Namespaces namespaces, Supplier<List<NodeSlot>> nodes) {
        this.namespaces = namespaces;
        this.nodes = nodes;
    }

    /** The topologies that are in use. */
    List<Topology> all() {
        return List.copyOf(topologies.values());
    }

    /** A number that changes when another topology sorts nodes, or one no more. */
    int sorting() {
        int sum = 0;
        for (var topology : topologies.values()) {
            sum = 3 * sum + (topology.coarse() ? 2 : 1);
        }
        return sum;
    }

    private Topology topology(String key) {
        var known = topologies.get(key);
        if (known != null) {
            return known;
        }
        var made = new Topology(key);
        for (var node : nodes.get()) {
            if (node.present()) {
                made.note(node.place(), node.facts().labels());
            }
        }
        topologies.put(key, made);
        return made;
    }

    /** The counter of a constraint; counts anew if nobody asked for it lately. */
    Counter counter(Counter.Key key) {
        var known = counters.get(key);
        if (known != null) {
            return known;
        }
        var counter = new Counter(key, topology(key.topology()));
        for (var node : nodes.get()) {
            if (node.present()) {
                counter.nodeCame(node.place(), node.facts());
                node.pods().stream().filter(pod -> counts(counter, pod))
                        .forEach(pod -> counter.move(node.place(), 1));
            }
        }
        counters.put(key, counter);
        countersByLabel.add(key.pods().needed(), counter);
        version++;
        forgetSome();
        return counter;
    }

    private void forgetSome() {
        if (topologies.size() > MOST_TOPOLOGIES) {
            List.copyOf(counters.values()).subList(0, counters.size() - 1).forEach(this::forget);
            var used = new HashSet<String>();
            holders.keySet().forEach(key -> used.add(key.topology()));
            counters.keySet().forEach(key -> used.add(key.topology()));
            topologies.keySet().retainAll(used);
        }
        long weight = counters.values().stream().mapToLong(Counter::weight).sum();
        for (Iterator<Counter> old = counters.values().iterator(); weight > MOST_WEIGHT && counters.size() > 64;) {
            var oldest = old.next();
            weight -= oldest.weight();
            old.remove();
            drop(oldest);
        }
    }

    private void forget(Counter counter) {
        counters.remove(counter.key());
        drop(counter);
    }

    private void drop(Counter counter) {
        countersByLabel.remove(counter.key().pods().needed(), counter);
        version++;
    }

    private boolean counts(Counter counter, PodFacts pod) {
        var selection = counter.key().pods();
        return !(selection.staying() && pod.deleting()) && selection.selects(pod.who(), namespaces);
    }

    /** The terms of placed pods that select a pod. */
    List<Holder> holders(Identity pod) {
        learn(pod);
        return pod.holders();
    }

    private void learn(Identity pod) {
        if (pod.knowsAsOf(version)) {
            return;
        }
        var counting = new ArrayList<Counter>(0);
        countersByLabel.candidates(pod.labels(), counter -> {
            if (counter.key().pods().selects(pod, namespaces)) {
                counting.add(counter);
            }
        });
        var holding = new ArrayList<Holder>(0);
        holdersByLabel.candidates(pod.labels(), holder -> {
            if (holder.key().pods().selects(pod, namespaces)) {
                holding.add(holder);
            }
        });
        pod.learn(version, counting, holding);
    }

    /** A pod came to a node that is present, or left it. */
    void move(PodFacts pod, NodeSlot node, int change) {
        learn(pod.who());
        for (var counter : pod.who().counters()) {
            if (!(counter.key().pods().staying() && pod.deleting())) {
                counter.move(node.place(), change);
            }
        }
        for (var key : pod.ask().terms().held()) {
            hold(key, node.place(), change);
        }
    }

    private void hold(Holder.Key key, int node, int change) {
        var holder = holders.get(key);
        if (holder == null) {
            holder = new Holder(key, topology(key.topology()));
            holders.put(key, holder);
            holdersByLabel.add(key.pods().needed(), holder);
            version++;
        }
        holder.move(node, change);
        if (holder.unused()) {
            holders.remove(key);
            holdersByLabel.remove(key.pods().needed(), holder);
            version++;
        }
    }

    /** A node is about to go, or to change; its pods are counted no more. */
    void nodeWent(NodeSlot node) {
        node.pods().forEach(pod -> move(pod, node, -1));
        counters.values().forEach(counter -> counter.nodeWent(node.place()));
        topologies.values().forEach(topology -> topology.note(node.place(), Map.of()));
    }

    /** A node came, or changed; its pods are counted from now on. */
    void nodeCame(NodeSlot node) {
        topologies.values().forEach(topology -> topology.note(node.place(), node.facts().labels()));
        counters.values().forEach(counter -> counter.nodeCame(node.place(), node.facts()));
        node.pods().forEach(pod -> move(pod, node, 1));
    }

    /** The labels of a namespace changed: whoever asks for them counts anew. */
    void namespacesChanged() {
        counters.values().stream().filter(counter -> counter.key().pods().asksNamespaces()).toList()
                .forEach(this::forget);
        version++;
    }
}
