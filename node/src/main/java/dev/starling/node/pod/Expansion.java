package dev.starling.node.pod;

import java.util.Map;

/** The {@code $(NAME)} syntax of commands, arguments and values; {@code $$} is a dollar sign, unknown names stay. */
public final class Expansion {
    private Expansion() {
    }

    public static String expand(String text, Map<String, String> values) {
        if (text.indexOf('$') < 0) {
            return text;
        }
        var out = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c != '$' || at + 1 == text.length()) {
                out.append(c);
                at++;
                continue;
            }
            at = operator(text, at, values, out);
        }
        return out.toString();
    }

    /** Reads what follows a dollar sign at {@code at}, which is not the last character; answers where to go on. */
    private static int operator(String text, int at, Map<String, String> values, StringBuilder out) {
        char next = text.charAt(at + 1);
        if (next == '$') {
            out.append('$');
            return at + 2;
        }
        int close = next == '(' ? text.indexOf(')', at + 2) : -1;
        if (close < 0) {
            out.append('$').append(next);
            return at + 2;
        }
        String name = text.substring(at + 2, close);
        out.append(values.containsKey(name) ? values.get(name) : text.substring(at, close + 1));
        return close + 1;
    }
}
