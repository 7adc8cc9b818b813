package dev.starling.kube.patch;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;

/**
 * What an applied configuration makes of an object: the merge, what the applier owns by it, and what goes with fields
 * that it gave up (source: structured-merge-diff). Pure functions.
 */
public final class Applied {
    private Applied() {
    }

    /** What an applier owns by a configuration. */
    public static FieldSet owned(JsonObject configuration, Typing typing) {
        return FieldPaths.spoken(configuration, typing);
    }

    /** Every path of an object. */
    public static FieldSet everything(JsonObject object, Typing typing) {
        return TreeDiff.between(JsonObject.EMPTY, object, typing).added();
    }

    /** The live object with all that the configuration says; it takes nothing away. */
    public static JsonObject merged(JsonObject live, JsonObject configuration, Typing typing) {
        var result = JsonObject.builder().putAll(live);
        configuration.forEach((name, wanted) -> result.put(name,
                live.has(name) ? merged(live.at(name), wanted, typing.field(name)) : wanted));
        return result.build();
    }

    private static Json merged(Json live, Json wanted, Typing typing) {
        if (live instanceof JsonObject old && wanted instanceof JsonObject now && typing.opensObjects()) {
            return merged(old, now, typing);
        }
        if (live instanceof JsonArray old && wanted instanceof JsonArray now && typing.opensLists()) {
            return old.isEmpty() || now.isEmpty() ? (old.isEmpty() ? now : old) : mergedList(old, now, typing);
        }
        return wanted;
    }

    /**
     * Elements of both lists. Those that the applier names come in its order; the others keep their place among
     * those that stand in both.
     */
    private static JsonArray mergedList(JsonArray live, JsonArray wanted, Typing typing) {
        var olds = elements(live, typing);
        var news = elements(wanted, typing);
        var known = new HashMap<String, Json>();
        olds.forEach(old -> known.put(old.name(), old.value()));
        var named = new HashSet<String>();
        news.forEach(now -> named.add(now.name()));
        var shared = news.stream().map(Element::name).filter(known::containsKey).iterator();
        var out = new ArrayList<Json>();
        String next = next(shared);
        int mine = 0;
        for (var now : news) {
            // What stands before the next element of both is put out before it, and so is this if it is that element.
            while (mine < olds.size() && !olds.get(mine).name().equals(now.name())
                    && (!named.contains(olds.get(mine).name()) || !olds.get(mine).name().equals(next))) {
                var old = olds.get(mine++);
                if (!named.contains(old.name())) {
                    out.add(old.value());
                }
            }
            boolean stands = known.containsKey(now.name());
            out.add(stands ? merged(known.get(now.name()), now.value(), typing.element()) : now.value());
            if (mine < olds.size() && olds.get(mine).name().equals(now.name())) {
                mine++;
            }
            next = now.name().equals(next) ? next(shared) : next;
        }
        olds.subList(mine, olds.size()).stream().filter(old -> !named.contains(old.name()))
                .forEach(old -> out.add(old.value()));
        return JsonArray.of(out);
    }

    private static String next(Iterator<String> names) {
        return names.hasNext() ? names.next() : "";
    }

    /** One element of a list, and how it is found. */
    private record Element(String name, Json value) {
    }

    private static List<Element> elements(JsonArray list, Typing typing) {
        return list.stream().map(value -> new Element(PathElement.of(value, typing), value)).toList();
    }

    /** An object without the parts at some paths; what is empty by that goes, too. */
    public static JsonObject without(JsonObject object, FieldSet paths, Typing typing) {
        return without(object, paths.paths(), typing).object();
    }

    private static Json without(Json value, JsonObject paths, Typing typing) {
        if (value instanceof JsonObject object && typing.opensObjects()) {
            var builder = JsonObject.builder();
            object.forEach((name, part) -> {
                var taken = paths.at(PathElement.field(name));
                if (!FieldNode.isMember(taken)) {
                    var left = taken == FieldNode.NOTHING ? part : without(part, taken.object(), typing.field(name));
                    if (left != FieldNode.NOTHING || part == FieldNode.NOTHING) {
                        builder.put(name, left);
                    }
                }
            });
            var left = builder.build();
            return left.isEmpty() && !object.isEmpty() ? FieldNode.NOTHING : left;
        }
        return value instanceof JsonArray list && typing.opensLists() ? withoutElements(list, paths, typing) : value;
    }

    private static Json withoutElements(JsonArray list, JsonObject paths, Typing typing) {
        var kept = new ArrayList<Json>();
        for (Json value : list) {
            var taken = paths.at(PathElement.of(value, typing));
            if (!FieldNode.isMember(taken)) {
                kept.add(taken == FieldNode.NOTHING ? value : without(value, taken.object(), typing.element()));
            }
        }
        kept.removeIf(Json::isNull);
        return kept.isEmpty() && !list.isEmpty() ? FieldNode.NOTHING : JsonArray.of(kept);
    }

    /** A merged object without what an applier owned before. */
    public static JsonObject bare(JsonObject merged, FieldSet before, Typing typing) {
        return without(merged, before.withNamedFields(typing), typing);
    }

    /** The merged object without what pruning took, but with all that somebody owns. */
    public static JsonObject withOwned(JsonObject merged, JsonObject pruned, FieldSet owned, Typing typing) {
        var kept = named(pruned, typing).union(owned.withNamedFields(typing));
        return without(merged, named(merged, typing).minus(kept), typing);
    }

    /** The merged object without what pruning took of what the applier owned before; nothing else goes. */
    public static JsonObject withoutOwn(JsonObject merged, JsonObject pruned, FieldSet before, Typing typing) {
        var taken = named(merged, typing).minus(named(pruned, typing));
        return without(merged, taken.intersection(before.withNamedFields(typing)), typing);
    }

    private static FieldSet named(JsonObject object, Typing typing) {
        return owned(object, typing).withNamedFields(typing);
    }
}
