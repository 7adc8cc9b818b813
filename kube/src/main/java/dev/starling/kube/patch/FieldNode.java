package dev.starling.kube.patch;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The nodes of {@link FieldSet}s. A node that is no root is a member if it is empty or has a {@code .}; a node
 * without any member is JSON null. The root is never a member, and the empty root is the empty set. Pure functions.
 */
final class FieldNode {
    static final String SELF = ".";
    static final Json NOTHING = JsonNull.NULL;
    static final JsonObject LEAF = JsonObject.EMPTY;

    private FieldNode() {
    }

    /** Collects what stands below a node, in order. */
    static final class Children {
        private SortedMap<String, Json> nodes = Collections.emptySortedMap();

        void put(String name, Json node) {
            if (node != NOTHING) {
                nodes = nodes.isEmpty() ? new TreeMap<>() : nodes;
                nodes.put(name, node);
            }
        }

        Json node(boolean member) {
            if (nodes.isEmpty()) {
                return member ? LEAF : NOTHING;
            }
            if (member) {
                nodes.put(SELF, LEAF);
            }
            var builder = JsonObject.builder();
            nodes.forEach((name, node) -> builder.put(name, node));
            return builder.build();
        }
    }

    /** What becomes of some of the nodes below a node; made for each node that is looked at, and mostly empty. */
    private static final class Changes {
        private static final Changes NONE = new Changes();

        private Map<String, Json> nodes = Map.of();

        void put(String name, Json node) {
            nodes = nodes.isEmpty() ? new TreeMap<>() : nodes;
            nodes.put(name, node);
        }

        boolean isEmpty() {
            return nodes.isEmpty();
        }

        Json of(String name, Json otherwise) {
            return nodes.getOrDefault(name, otherwise);
        }
    }

    static boolean isMember(Json node) {
        return node instanceof JsonObject object && (object.isEmpty() || object.has(SELF));
    }

    /** The same node as a member. */
    static Json member(Json node) {
        return isMember(node) ? node : changed(node.object(), Changes.NONE, true);
    }

    private static Json changed(JsonObject node, Changes changes, boolean member) {
        var children = new Children();
        node.forEach((name, child) -> {
            if (!name.equals(SELF)) {
                children.put(name, changes.of(name, child));
            }
        });
        changes.nodes.forEach(children::put);
        return children.node(member);
    }

    /** @param below whether the nodes stand below a root */
    static Json union(JsonObject one, JsonObject other, boolean below) {
        var changes = new Changes();
        other.forEach((name, child) -> {
            if (!name.equals(SELF)) {
                var mine = one.at(name);
                var both = mine == NOTHING ? child : union(mine.object(), child.object(), true);
                if (both != mine) {
                    changes.put(name, both);
                }
            }
        });
        boolean joins = below && isMember(other) && !isMember(one);
        return changes.isEmpty() && !joins ? one : changed(one, changes, below && (joins || isMember(one)));
    }

    /** @param whole whether what stands below a path of the other goes with it */
    static Json minus(JsonObject one, JsonObject other, boolean whole) {
        var changes = new Changes();
        other.forEach((name, child) -> {
            var mine = one.at(name);
            if (!name.equals(SELF) && mine != NOTHING) {
                var left = lessened(mine.object(), child.object(), whole);
                if (left != mine) {
                    changes.put(name, left);
                }
            }
        });
        return changes.isEmpty() ? one : changed(one, changes, one.has(SELF));
    }

    private static Json lessened(JsonObject mine, JsonObject child, boolean whole) {
        boolean taken = isMember(child);
        if (taken && whole || taken && mine.isEmpty()) {
            return NOTHING;
        }
        var left = minus(mine, child, whole);
        return taken && isMember(left) ? changed(left.object(), Changes.NONE, false) : left;
    }

    static Json intersection(JsonObject one, JsonObject other, boolean below) {
        var children = new Children();
        one.forEach((name, child) -> {
            if (!name.equals(SELF) && other.at(name) instanceof JsonObject theirs) {
                children.put(name, intersection(child.object(), theirs, true));
            }
        });
        return children.node(below && isMember(one) && isMember(other));
    }

    static Json withNamed(JsonObject node, Typing typing) {
        var changes = new Changes();
        node.forEach((name, child) -> {
            if (child.object().isEmpty()) {
                return;
            }
            var inner = withNamed(child.object(), typing(typing, name));
            boolean named = PathElement.isField(name) && typing.names(PathElement.fieldName(name));
            var made = named ? member(inner) : inner;
            if (made != child) {
                changes.put(name, made);
            }
        });
        return changes.isEmpty() ? node : changed(node, changes, node.has(SELF));
    }

    static Json fitted(JsonObject node, Typing typing) {
        var changes = new Changes();
        node.forEach((name, child) -> {
            if (child.object().isEmpty()) {
                return;
            }
            var below = typing(typing, name);
            boolean opens = child.object().names().stream().filter(key -> !key.equals(SELF)).findFirst()
                    .map(key -> PathElement.isField(key) ? below.opensObjects() : below.opensLists()).orElse(true);
            var made = opens ? fitted(child.object(), below) : LEAF;
            if (made != child) {
                changes.put(name, made);
            }
        });
        return changes.isEmpty() ? node : changed(node, changes, node.has(SELF));
    }

    private static Typing typing(Typing typing, String name) {
        return PathElement.isField(name) ? typing.field(PathElement.fieldName(name)) : typing.element();
    }
}
