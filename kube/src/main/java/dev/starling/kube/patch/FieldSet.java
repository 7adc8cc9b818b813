package dev.starling.kube.patch;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * An immutable set of paths in objects of one kind, kept in the very form in which managed fields show it: a tree
 * whose keys are {@code f:NAME}, {@code k:{KEYS}}, {@code v:VALUE} or {@code i:INDEX}. A path belongs to the set if
 * its node is empty or has a {@code .} (source: {@code metav1.FieldsV1}). Where an operation changes nothing it
 * answers the very set that it was given, so that nothing is copied or compared in vain.
 */
public record FieldSet(JsonObject paths) {
    public static final FieldSet NONE = new FieldSet(JsonObject.EMPTY);

    /**
     * A set as a client sent it, in canonical form.
     *
     * @throws IllegalArgumentException if it is no set
     */
    public static FieldSet parse(JsonObject fieldsV1) {
        return new FieldSet(parsed(fieldsV1));
    }

    private static JsonObject parsed(JsonObject node) {
        var children = new FieldNode.Children();
        for (var child : node.entries()) {
            if (!(child.getValue() instanceof JsonObject below)) {
                throw new IllegalArgumentException("not a set of fields: " + child.getValue());
            }
            boolean self = child.getKey().equals(FieldNode.SELF);
            children.put(self ? child.getKey() : PathElement.canonical(child.getKey()), parsed(below));
        }
        return children.node(false).object();
    }

    static FieldSet of(Json root) {
        return root instanceof JsonObject paths && !paths.isEmpty() ? new FieldSet(paths) : NONE;
    }

    public boolean isEmpty() {
        return paths.isEmpty();
    }

    public FieldSet union(FieldSet other) {
        if (isEmpty() || other.isEmpty()) {
            return isEmpty() ? other : this;
        }
        return same(FieldNode.union(paths, other.paths, false));
    }

    /** The paths that the other set has not; the paths below those of the other set stay. */
    public FieldSet minus(FieldSet other) {
        return isEmpty() || other.isEmpty() ? this : same(FieldNode.minus(paths, other.paths, false));
    }

    /** As {@link #minus}, but the paths below those of the other set go, too. */
    public FieldSet minusWhole(FieldSet other) {
        return isEmpty() || other.isEmpty() ? this : same(FieldNode.minus(paths, other.paths, true));
    }

    public FieldSet intersection(FieldSet other) {
        return isEmpty() || other.isEmpty() ? NONE : same(FieldNode.intersection(paths, other.paths, false));
    }

    /** The set with all named fields that lead to its paths: they have no entry of their own otherwise. */
    FieldSet withNamedFields(Typing typing) {
        return same(FieldNode.withNamed(paths, typing));
    }

    /** The set with one path in place of all that it has below what has become atomic. */
    public FieldSet fitted(Typing typing) {
        return same(FieldNode.fitted(paths, typing));
    }

    private FieldSet same(Json changed) {
        return changed == paths ? this : of(changed);
    }

    /** The paths as messages show them: {@code .spec.template.spec.containers[name="app"].image}. */
    public List<String> texts() {
        var texts = new ArrayList<String>();
        texts(paths, "", texts);
        return texts;
    }

    private static void texts(JsonObject node, String prefix, List<String> texts) {
        node.forEach((name, child) -> {
            if (!name.equals(FieldNode.SELF) && FieldNode.isMember(child)) {
                texts.add(prefix + PathElement.shown(name));
            }
        });
        node.forEach((name, child) -> {
            if (!child.object().isEmpty()) {
                texts(child.object(), prefix + PathElement.shown(name), texts);
            }
        });
    }

    @Override
    public String toString() {
        return paths.toString();
    }
}
