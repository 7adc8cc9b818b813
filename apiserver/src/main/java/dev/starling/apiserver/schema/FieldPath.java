package dev.starling.apiserver.schema;

import java.util.Optional;

/** Where in an object: {@code spec.containers[0].image}. Immutable; the text is made only when asked for. */
public final class FieldPath {
    /** The object itself. */
    public static final FieldPath ROOT = new FieldPath(Optional.empty(), "");

    private final Optional<FieldPath> parent;
    private final String step;

    private FieldPath(Optional<FieldPath> parent, String step) {
        this.parent = parent;
        this.step = step;
    }

    /** The path of dotted field names. */
    public static FieldPath of(String dotted) {
        return dotted.isEmpty() ? ROOT : ROOT.child(dotted);
    }

    public FieldPath child(String name) {
        return new FieldPath(Optional.of(this), "." + name);
    }

    /** A field of a field. */
    public FieldPath child(String first, String... rest) {
        FieldPath path = child(first);
        for (String name : rest) {
            path = path.child(name);
        }
        return path;
    }

    public FieldPath index(int index) {
        return new FieldPath(Optional.of(this), "[" + index + "]");
    }

    public FieldPath key(String key) {
        return new FieldPath(Optional.of(this), "[" + key + "]");
    }

    private void append(StringBuilder text) {
        parent.ifPresent(before -> before.append(text));
        text.append(text.isEmpty() && step.startsWith(".") ? step.substring(1) : step);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        append(text);
        return text.toString();
    }
}
