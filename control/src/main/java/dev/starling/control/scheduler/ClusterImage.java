package dev.starling.control.scheduler;

import dev.starling.control.workload.Pods;
import dev.starling.kube.object.KubeObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the scheduler knows of nodes and of the pods on them, kept by increments: nothing here costs more because there
 * are more nodes. A pod that was assumed counts on its node until the cluster tells where it is, or until it is
 * forgotten. Owned by one thread.
 */
final class ClusterImage {
    private static final int MOST_INDEXES = 48;

    private record Place(NodeSlot node, PodFacts pod, boolean assumed) {
    }

    private final Dimensions dimensions = new Dimensions();
    private final Map<String, Map<String, String>> namespaces = new HashMap<>();
    private final Map<String, Integer> images = new HashMap<>(); // how many nodes have each
    private final Map<String, NodeSlot> byName = new HashMap<>();
    private final List<NodeSlot> nodes = new ArrayList<>(); // by place; forgotten ones stay until their place is taken
    private final Deque<Integer> vacant = new ArrayDeque<>();
    private final Map<String, Place> places = new HashMap<>();
    private final Map<String, NodeSlot> nominations = new HashMap<>();
    private final Set<String> ending = new HashSet<>(); // of placed pods
    private final ChangeLog changes = new ChangeLog();
    private final Books books = new Books(ns -> namespaces.getOrDefault(ns, Map.of()), this::nodes);
    private final PodReading reading;
    private final Map<NodeNeeds, NodeIndex> indexes = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<NodeNeeds, NodeIndex> eldest) {
            return size() > MOST_INDEXES;
        }
    };
    private int present;
    private long gains;

    /** @param volumes what claims say of the place of a pod */
    ClusterImage(Volumes volumes) {
        reading = new PodReading(dimensions, images::containsKey, volumes);
    }

    /** Takes the profiles by which pods may run on virtual nodes. */
    void profiles(ProfileSelection selection) {
        reading.profiles(selection);
        gains++;
    }

    /** Reads a pod as this image understands it. */
    PodFacts read(KubeObject pod) {
        return reading.read(pod);
    }

    /** Takes a new or changed namespace. */
    void namespace(KubeObject namespace) {
        var labels = namespace.labels();
        if (!labels.equals(namespaces.put(namespace.name(), Map.copyOf(labels)))) {
            books.namespacesChanged();
            gains++;
        }
    }

    void namespaceGone(String name) {
        namespaces.remove(name);
        books.namespacesChanged();
        gains++;
    }

    /** Takes a new or changed node. */
    void node(KubeObject node) {
        int known = dimensions.size();
        var facts = NodeFacts.of(node, dimensions);
        var slot = slot(node.name());
        if (slot.present()) {
            leave(slot);
        }
        present++;
        slot.become(facts);
        facts.images().keySet().forEach(image -> images.merge(image, 1, Integer::sum));
        books.nodeCame(slot);
        gained(slot);
        if (dimensions.size() > known) {
            readAgain();
        }
    }

    void nodeGone(String name) {
        var slot = byName.get(name);
        if (slot != null && slot.present()) {
            leave(slot);
            gained(slot);
            release(slot);
        }
    }

    private void leave(NodeSlot slot) {
        books.nodeWent(slot);
        slot.facts().images().keySet().forEach(image -> images.computeIfPresent(image, (i, n) -> n > 1 ? n - 1 : null));
        slot.leave();
        present--;
    }

    private NodeSlot slot(String name) {
        return byName.computeIfAbsent(name, n -> {
            int place = vacant.isEmpty() ? nodes.size() : vacant.pop();
            var slot = new NodeSlot(place, n);
            if (place == nodes.size()) {
                nodes.add(slot);
            } else {
                nodes.set(place, slot);
            }
            return slot;
        });
    }

    private void release(NodeSlot slot) {
        if (slot.forgotten()) {
            byName.remove(slot.name());
            vacant.push(slot.place());
        }
    }

    /** A node offers what none did: what placed pods take of it counts from now on. */
    private void readAgain() {
        reading.dimensionsGrew();
        for (var place : List.copyOf(places.values())) {
            var pod = reading.read(place.pod().pod());
            remove(pod.key());
            put(pod, place.node().name(), place.assumed());
        }
    }

    /**
     * Takes a new or changed pod: it counts from its binding to its end. One that can't be read counts as it was.
     *
     * @throws RuntimeException if it can't be read
     */
    void pod(KubeObject pod) {
        String key = pod.namespacedName();
        String node = Pods.node(pod);
        var known = Optional.ofNullable(places.get(key));
        if (node.isEmpty() && known.filter(Place::assumed).isPresent() && !pod.deleting()) {
            return;
        }
        if (Pods.terminal(pod) || node.isEmpty() && pod.deleting()) {
            podGone(key);
            return;
        }
        if (node.isEmpty()) {
            ending.remove(key);
            remove(key);
            return;
        }
        denominate(key);
        if (known.isPresent() && known.get().node().name().equals(node) && same(known.get().pod().pod(), pod)) {
            return;
        }
        var facts = reading.read(pod);
        remove(key);
        put(facts, node, false);
    }

    private static boolean same(KubeObject before, KubeObject after) {
        return before.uid().equals(after.uid()) && before.deleting() == after.deleting()
                && before.status().at("startTime").equals(after.status().at("startTime"))
                && before.spec().equals(after.spec()) && before.metadata().object("labels").equals(
                        after.metadata().object("labels"));
    }

    /** Takes a pod away, by {@code namespace/name}. */
    void podGone(String key) {
        denominate(key);
        ending.remove(key);
        remove(key);
    }

    private void remove(String key) {
        var place = places.remove(key);
        if (place != null) {
            take(place.pod(), place.node());
            gained(place.node());
            release(place.node());
        }
    }

    /** Counts a pod on a node before the cluster says so. */
    void assume(PodFacts pod, String node) {
        denominate(pod.key());
        remove(pod.key());
        put(pod, node, true);
    }

    /** Takes an assumption back; a pod that the cluster has placed meanwhile stays. */
    void forget(String key) {
        if (Optional.ofNullable(places.get(key)).filter(Place::assumed).isPresent()) {
            podGone(key);
        }
    }

    /** Keeps room on a node for a pod that waits until others have left it. */
    void nominate(PodFacts pod, String node) {
        var slot = slot(node);
        if (nominations.get(pod.key()) != slot) {
            denominate(pod.key());
        }
        slot.nominate(pod);
        nominations.put(pod.key(), slot);
        changes.add(slot.place());
    }

    /** Keeps no room for a pod any more; gives the name of the node where room was kept. */
    Optional<String> denominate(String key) {
        var slot = nominations.remove(key);
        if (slot == null) {
            return Optional.empty();
        }
        slot.denominate(key);
        gained(slot);
        release(slot);
        return Optional.of(slot.name());
    }

    /** The name of the node where room is kept for a pod. */
    Optional<String> nominated(String key) {
        return Optional.ofNullable(nominations.get(key)).map(NodeSlot::name);
    }

    /** The node where room is kept for a pod, if it is there. */
    Optional<NodeSlot> nomination(PodFacts pod) {
        return Optional.ofNullable(nominations.get(pod.key())).filter(NodeSlot::present);
    }

    /** Somebody asked for the end of a pod. */
    void ending(String key) {
        ending.add(key);
    }

    /** The end of a pod could not be asked for. */
    void staying(String key) {
        ending.remove(key);
    }

    /** Whether a pod goes away soon. */
    boolean isEnding(PodFacts pod) {
        return pod.deleting() || ending.contains(pod.key());
    }

    /** The name of the node that a pod is on, for all that is known or assumed. */
    Optional<String> whereabouts(String key) {
        return Optional.ofNullable(places.get(key)).map(place -> place.node().name());
    }

    /** Whether a pod is on a node, for all that is known or assumed. */
    boolean placed(String key) {
        return places.containsKey(key);
    }

    private void put(PodFacts pod, String node, boolean assumed) {
        var slot = slot(node);
        places.put(pod.key(), new Place(slot, pod, assumed));
        lay(pod, slot);
        changes.add(slot.place());
    }

    /** Puts a pod to a node for a moment, to see what would be: whoever does so takes it away again. */
    void lay(PodFacts pod, NodeSlot node) {
        node.add(pod);
        if (node.present()) {
            books.move(pod, node, 1);
        }
    }

    /** Takes a pod from a node for a moment, to see what would be: whoever does so lays it back again. */
    void take(PodFacts pod, NodeSlot node) {
        if (node.present()) {
            books.move(pod, node, -1);
        }
        node.remove(pod);
    }

    private void gained(NodeSlot slot) {
        gains++;
        changes.add(slot.place());
    }

    /** Rises when something went away, or changed otherwise than by a pod that came. */
    long gains() {
        return gains;
    }

    /** All nodes by place; those that are not present take nobody. */
    List<NodeSlot> nodes() {
        return Collections.unmodifiableList(nodes);
    }

    /** How many nodes are present. */
    int present() {
        return present;
    }

    Optional<NodeSlot> node(String name) {
        return Optional.ofNullable(byName.get(name)).filter(NodeSlot::present);
    }

    Dimensions dimensions() {
        return dimensions;
    }

    Books books() {
        return books;
    }

    PodSelection.Namespaces namespaces() {
        return ns -> namespaces.getOrDefault(ns, Map.of());
    }

    ChangeLog changes() {
        return changes;
    }

    /** The nodes that pods with these needs may go to, in order of their worth. */
    NodeIndex index(NodeNeeds needs) {
        return indexes.computeIfAbsent(needs, n -> new NodeIndex(n, this)).caughtUp();
    }

    /** The nodes of these names that are present. */
    List<NodeSlot> named(Collection<String> names) {
        return names.stream().sorted().map(this::node).flatMap(Optional::stream).toList();
    }
}
