package dev.starling.control.scheduler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The nodes that pods with some needs may go to, in groups of nodes that are alike: of about the same size, and in the
 * same domain of every coarse topology. In a group, what a pod takes changes all scores by the same amount, so one
 * order of the nodes serves every demand. Follows the image by its log of changes when it is used.
 */
final class NodeIndex {

    /** The allocatable CPU and memory of the nodes of a group, rounded down to two binary digits after the first. */
    record Size(long cpu, long memory) {
        static Size of(NodeFacts node) {
            return new Size(rounded(node.allocatable(Dimensions.CPU)), rounded(node.allocatable(Dimensions.MEMORY)));
        }

        private static long rounded(long amount) {
            int spare = Math.max(0, 64 - Long.numberOfLeadingZeros(amount) - 3);
            return amount >> spare << spare;
        }
    }

    /** @param domains by the order of the topologies; of one that is not coarse only whether there is one */
    private record Likeness(Size size, List<Integer> domains) {
    }

    /** Nodes that are alike. */
    final class Group {
        private final Likeness alike;
        private final NodeTree tree = new NodeTree();

        private Group(Likeness alike) {
            this.alike = alike;
        }

        Size size() {
            return alike.size();
        }

        /** The domain of all nodes here, or that they have none; nothing if each has its own. */
        Optional<Integer> domain(Topology topology) {
            int at = topologies.indexOf(topology);
            return at < 0 || alike.domains().get(at) == APART ? Optional.empty()
                    : Optional.of(alike.domains().get(at));
        }

        NodeTree tree() {
            return tree;
        }
    }

    private static final int APART = -2;

    private final NodeNeeds needs;
    private final ClusterImage image;
    private final Map<Likeness, Group> groups = new HashMap<>();
    private final List<Group> ordered = new ArrayList<>();
    private List<Topology> topologies = List.of();
    private int asOf = -1;
    private Group[] groupOf = new Group[0]; // by the node's place
    private int[] leafOf = new int[0];
    private boolean[] member = new boolean[0];
    private long read;

    NodeIndex(NodeNeeds needs, ClusterImage image) {
        this.needs = needs;
        this.image = image;
    }

    List<Group> groups() {
        return ordered;
    }

    /** Takes what changed since it was last used. */
    NodeIndex caughtUp() {
        var changes = image.changes();
        if (asOf != image.books().sorting() || !changes.reaches(read)) {
            rebuild();
            return this;
        }
        fit();
        for (; read < changes.end(); read++) {
            node(changes.at(read));
        }
        return this;
    }

    private void rebuild() {
        groups.clear();
        ordered.clear();
        Arrays.fill(member, false);
        topologies = image.books().all();
        asOf = image.books().sorting();
        read = image.changes().end();
        fit();
        for (var node : image.nodes()) {
            node(node.place());
        }
    }

    private void fit() {
        int nodes = image.nodes().size();
        if (nodes > member.length) {
            int room = Math.max(nodes, 2 * member.length);
            groupOf = Arrays.copyOf(groupOf, room);
            leafOf = Arrays.copyOf(leafOf, room);
            member = Arrays.copyOf(member, room);
        }
    }

    private void node(int place) {
        var node = image.nodes().get(place);
        if (!node.present() || !needs.allows(node.facts())) {
            remove(place);
            return;
        }
        long fixed = Score.wishes(Score.THOUSAND * needs.wishes(node.facts())) + needs.images(node.facts());
        var group = groups.computeIfAbsent(likeness(node), this::begin);
        if (member[place] && groupOf[place] == group) {
            group.tree().change(leafOf[place], node, fixed);
            return;
        }
        remove(place);
        member[place] = true;
        groupOf[place] = group;
        leafOf[place] = group.tree().add(node, fixed);
    }

    private Group begin(Likeness alike) {
        var group = new Group(alike);
        ordered.add(group);
        return group;
    }

    private Likeness likeness(NodeSlot node) {
        var domains = new Integer[topologies.size()];
        for (int i = 0; i < domains.length; i++) {
            int domain = topologies.get(i).domain(node.place());
            domains[i] = domain == Topology.NONE || topologies.get(i).coarse() ? domain : APART;
        }
        return new Likeness(Size.of(node.facts()), List.of(domains));
    }

    private void remove(int place) {
        if (member[place]) {
            groupOf[place].tree().remove(leafOf[place]);
            member[place] = false;
        }
    }
}
