package dev.starling.kube.patch;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The paths that lead to the parts of a value, as nodes of sets. Pure functions. */
final class FieldPaths {
    private FieldPaths() {
    }

    /** The elements of a list by how they are found; more than one where they cannot be told apart. */
    static Map<String, List<Json>> grouped(JsonArray list, Typing typing) {
        var groups = new LinkedHashMap<String, List<Json>>();
        for (Json value : list) {
            if (PathElement.misfit(value, typing).isEmpty()) {
                groups.computeIfAbsent(PathElement.of(value, typing), element -> new ArrayList<>(1)).add(value);
            }
        }
        return groups;
    }

    /** The value itself, all that holds its parts, and the parts. */
    static Json all(Json value, Typing typing) {
        return below(value, typing) instanceof JsonObject parts ? FieldNode.member(parts) : FieldNode.LEAF;
    }

    /** As {@link #all}, for elements that stand under one name. */
    static Json all(List<Json> values, Typing typing) {
        if (values.isEmpty()) {
            return FieldNode.NOTHING;
        }
        return values.size() == 1 ? all(values.getFirst(), typing) : FieldNode.LEAF;
    }

    /** All but the value itself. */
    static Json below(Json value, Typing typing) {
        var children = new FieldNode.Children();
        if (value instanceof JsonObject object && typing.opensObjects()) {
            object.forEach((name, part) -> children.put(PathElement.field(name), all(part, typing.field(name))));
        } else if (value instanceof JsonArray list && typing.opensLists()) {
            grouped(list, typing).forEach((name, parts) -> children.put(name, all(parts, typing.element())));
        }
        return children.node(false);
    }

    /**
     * What an applied configuration speaks of: its leaves, the elements of its lists and the keys of its maps, but not
     * the named fields that only lead there.
     */
    static FieldSet spoken(JsonObject configuration, Typing typing) {
        return FieldSet.of(spokenBelow(configuration, typing));
    }

    private static Json spokenBelow(Json value, Typing typing) {
        if (!typing.opens(value)) {
            return FieldNode.LEAF;
        }
        var children = new FieldNode.Children();
        if (value instanceof JsonObject object) {
            object.forEach((name, part) -> {
                var node = spokenBelow(part, typing.field(name));
                boolean member = !typing.names(name) || part.equals(JsonObject.EMPTY);
                children.put(PathElement.field(name), member ? FieldNode.member(node) : node);
            });
        } else {
            grouped(value.array(), typing).forEach((name, parts) -> children.put(name, parts.size() > 1
                    ? FieldNode.LEAF : FieldNode.member(spokenBelow(parts.getFirst(), typing.element()))));
        }
        return children.node(false);
    }
}
