package dev.starling.kube.patch;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * In which fields two objects of a kind differ. What is equal is not looked into, so that the cost follows the size
 * of the difference (source: structured-merge-diff's comparison).
 */
public record TreeDiff(FieldSet removed, FieldSet modified, FieldSet added) {

    public static TreeDiff between(JsonObject before, JsonObject after, Typing typing) {
        var walk = new Parts();
        objects(before, after, typing, walk);
        return new TreeDiff(FieldSet.of(walk.removed.node(false)), FieldSet.of(walk.modified.node(false)),
                FieldSet.of(walk.added.node(false)));
    }

    /** What differs below one node. */
    private static final class Parts {
        private final FieldNode.Children removed = new FieldNode.Children();
        private final FieldNode.Children modified = new FieldNode.Children();
        private final FieldNode.Children added = new FieldNode.Children();

        private void put(String element, Parts below) {
            removed.put(element, below.removed.node(false));
            modified.put(element, below.modified.node(false));
            added.put(element, below.added.node(false));
        }
    }

    public boolean isEmpty() {
        return removed.isEmpty() && modified.isEmpty() && added.isEmpty();
    }

    /** The difference but for some paths. */
    public TreeDiff without(FieldSet paths) {
        return new TreeDiff(removed.minus(paths), modified.minus(paths), added.minus(paths));
    }

    /** What was there before and was not taken away is no longer as it was, or came. */
    public FieldSet set() {
        return modified.union(added);
    }

    private static void objects(JsonObject before, JsonObject after, Typing typing, Parts parts) {
        before.forEach((name, old) -> {
            if (after.has(name)) {
                var now = after.at(name);
                if (now != old && !now.equals(old)) {
                    changed(PathElement.field(name), new Pair(old, now), typing.field(name), parts);
                }
            } else if (typing.standsAlways(name)) {
                changed(PathElement.field(name), new Pair(old, emptied(old)), typing.field(name), parts);
            } else {
                parts.removed.put(PathElement.field(name), FieldPaths.all(old, typing.field(name)));
            }
        });
        after.forEach((name, now) -> {
            if (!before.has(name)) {
                if (typing.standsAlways(name)) {
                    changed(PathElement.field(name), new Pair(emptied(now), now), typing.field(name), parts);
                } else {
                    parts.added.put(PathElement.field(name), FieldPaths.all(now, typing.field(name)));
                }
            }
        });
    }

    /** Two values of one place. */
    private record Pair(Json before, Json after) {

        boolean bothEmpty() {
            return isEmpty(before) && isEmpty(after);
        }

        private static boolean isEmpty(Json value) {
            return value instanceof JsonObject object && object.isEmpty()
                    || value instanceof JsonArray array && array.isEmpty();
        }
    }

    private static Json emptied(Json value) {
        return value instanceof JsonArray ? JsonArray.EMPTY : JsonObject.EMPTY;
    }

    private static void changed(String element, Pair pair, Typing typing, Parts parts) {
        if (pair.before().equals(pair.after()) || pair.bothEmpty()) {
            return;
        }
        var below = new Parts();
        boolean opened = typing.opens(pair.before()) || typing.opens(pair.after());
        if (opened && pair.before() instanceof JsonObject old && pair.after() instanceof JsonObject now) {
            objects(old, now, typing, below);
        } else if (opened && pair.before() instanceof JsonArray old && pair.after() instanceof JsonArray now) {
            lists(old, now, typing, below);
        } else {
            parts.removed.put(element, FieldPaths.below(pair.before(), typing));
            parts.modified.put(element, FieldNode.LEAF);
            parts.added.put(element, FieldPaths.below(pair.after(), typing));
            return;
        }
        parts.put(element, below);
    }

    private static void lists(JsonArray before, JsonArray after, Typing typing, Parts parts) {
        var olds = FieldPaths.grouped(before, typing);
        var news = FieldPaths.grouped(after, typing);
        var all = new LinkedHashMap<String, List<Json>>(olds);
        news.forEach(all::putIfAbsent);
        for (Map.Entry<String, List<Json>> entry : all.entrySet()) {
            element(entry.getKey(), olds.getOrDefault(entry.getKey(), List.of()),
                    news.getOrDefault(entry.getKey(), List.of()), typing.element(), parts);
        }
    }

    /** Elements that stand more than once are owned together, as one leaf. */
    private static void element(String name, List<Json> olds, List<Json> news, Typing typing, Parts parts) {
        if (olds.equals(news)) {
            return;
        }
        if (olds.size() == 1 && news.size() == 1) {
            changed(name, new Pair(olds.getFirst(), news.getFirst()), typing, parts);
        } else if (olds.size() > 1 && news.size() > 1) {
            parts.modified.put(name, FieldNode.LEAF);
        } else {
            parts.removed.put(name, FieldPaths.all(olds, typing));
            parts.added.put(name, FieldPaths.all(news, typing));
        }
    }
}
