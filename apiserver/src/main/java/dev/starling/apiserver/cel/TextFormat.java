package dev.starling.apiserver.cel;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code "%s has %d".format([name, count])}: the clauses s, d, f, e, b, x, X, o. Pure functions. */
final class TextFormat {
    private static final int DIGITS = 6;
    private static final int MOST_DIGITS = 30;

    private TextFormat() {
    }

    static String of(String format, List<?> arguments) {
        var text = new StringBuilder();
        int next = 0;
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%') {
                text.append(c);
                continue;
            }
            int clause = i + 1;
            while (clause < format.length() && ".0123456789".indexOf(format.charAt(clause)) >= 0) {
                clause++;
            }
            if (clause >= format.length()) {
                throw new IllegalArgumentException("unexpected end of format string");
            }
            if (format.charAt(clause) == '%') {
                text.append('%');
            } else if (next >= arguments.size()) {
                throw new IllegalArgumentException("index " + next + " out of range");
            } else {
                String more = clause(format.charAt(clause), digits(format.substring(i + 1, clause)),
                        arguments.get(next++));
                LongerTexts.bounded((long) text.length() + more.length());
                text.append(more);
            }
            i = clause;
        }
        return text.toString();
    }

    private static int digits(String precision) {
        if (precision.length() < 2 || precision.length() > 3) {
            return DIGITS;
        }
        return Math.min(MOST_DIGITS, Integer.parseInt(precision.substring(1)));
    }

    private static String clause(char clause, int digits, Object value) {
        return switch (clause) {
            case 's' -> shown(value);
            case 'd' -> value instanceof Double ? shown(value) : Long.toString(whole(value));
            case 'f' -> String.format(Locale.ROOT, "%." + digits + "f", ((Number) value).doubleValue());
            case 'e' -> String.format(Locale.ROOT, "%." + digits + "e", ((Number) value).doubleValue());
            case 'b' -> value instanceof Boolean flag ? (flag ? "1" : "0") : Long.toBinaryString(whole(value));
            case 'o' -> Long.toOctalString(whole(value));
            case 'x' -> value instanceof String text ? hex(text) : Long.toHexString(whole(value));
            case 'X' -> clause('x', digits, value).toUpperCase(Locale.ROOT);
            default -> throw new IllegalArgumentException("unrecognized formatting clause \"" + clause + "\"");
        };
    }

    private static long whole(Object value) {
        if (value instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException("decimal clause can only be used on integers");
    }

    private static String hex(String text) {
        return java.util.HexFormat.of().formatHex(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static String shown(Object value) {
        return switch (value) {
            case String text -> text;
            case List<?> list -> "[" + String.join(", ", list.stream().map(TextFormat::shown).toList()) + "]";
            case Map<?, ?> map -> "{" + String.join(", ", map.entrySet().stream()
                    .map(entry -> shown(entry.getKey()) + ": " + shown(entry.getValue())).sorted().toList()) + "}";
            case Double number when number == Math.rint(number) && Math.abs(number) < 1e15 ->
                    Long.toString(number.longValue());
            default -> dev.starling.kube.json.JsonWriter.text(Values.json(value)).replace("\"", "");
        };
    }
}
