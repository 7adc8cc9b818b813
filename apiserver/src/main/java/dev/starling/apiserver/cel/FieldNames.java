package dev.starling.apiserver.cel;

import java.util.Optional;
import java.util.Set;

/** Names of fields as expressions write them: what an identifier cannot hold is escaped as Kubernetes does it. */
final class FieldNames {
    private static final Set<String> RESERVED = Set.of("true", "false", "null", "in", "as", "break", "const",
            "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return",
            "var", "void", "while");

    private FieldNames() {
    }

    /** Nothing if there is no way to write it. */
    static Optional<String> escaped(String name) {
        if (RESERVED.contains(name)) {
            return Optional.of("__" + name + "__");
        }
        var escaped = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (name.startsWith("__", i)) {
                escaped.append("__underscores__");
                i++;
            } else if (c == '.' || c == '-' || c == '/') {
                escaped.append(c == '.' ? "__dot__" : c == '-' ? "__dash__" : "__slash__");
            } else if (c == '_' || c < 128 && Character.isLetterOrDigit(c)) {
                escaped.append(c);
            } else {
                return Optional.empty();
            }
        }
        boolean identifier = !escaped.isEmpty() && !Character.isDigit(escaped.charAt(0));
        return identifier ? Optional.of(escaped.toString()) : Optional.empty();
    }

    /** The name that an escaped one stands for. */
    static String plain(String escaped) {
        if (!escaped.contains("__")) {
            return escaped;
        }
        String bare = escaped.startsWith("__") && escaped.endsWith("__") && escaped.length() > 4
                ? escaped.substring(2, escaped.length() - 2) : "";
        return RESERVED.contains(bare) ? bare : escaped.replace("__dot__", ".").replace("__dash__", "-")
                .replace("__slash__", "/").replace("__underscores__", "__");
    }
}
