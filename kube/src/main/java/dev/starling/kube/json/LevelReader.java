package dev.starling.kube.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;

/**
 * Reads one level of JSON text that is known to be good: the fields of one object, where objects below it are passed
 * over and stay text. Used by one thread.
 */
final class LevelReader {
    private static final int MOST_NAME_BYTES = 64;
    private static final int NAMES = 1 << 11;
    /** Names of fields come again and again. What is here is right whoever wrote it, and may be lost. */
    private static final String[] KNOWN_NAMES = new String[NAMES];

    private final byte[] text;
    private int at;

    private LevelReader(byte[] text, int at) {
        this.text = text;
        this.at = at;
    }

    /**
     * The object that begins at a place.
     *
     * @throws JsonException if there is none
     */
    static JsonObject object(byte[] text, int from) {
        var reader = new LevelReader(text, from);
        try {
            return reader.fields();
        } catch (IndexOutOfBoundsException e) {
            throw new JsonException("unexpected end of JSON input");
        }
    }

    private JsonObject fields() {
        require('{');
        var builder = JsonObject.builder();
        if (next() == '}') {
            return JsonObject.EMPTY;
        }
        at--;
        do {
            require('"');
            String name = name();
            require(':');
            builder.put(name, value());
        } while (more('}'));
        return builder.build();
    }

    /** Whether a comma follows, and no end. */
    private boolean more(char end) {
        byte sign = next();
        if (sign != ',' && sign != end) {
            throw malformed();
        }
        return sign == ',';
    }

    private void require(char sign) {
        if (next() != sign) {
            throw malformed();
        }
    }

    private JsonException malformed() {
        return new JsonException("malformed JSON before byte " + at);
    }

    /** The next sign that is no space. */
    private byte next() {
        byte sign = text[at++];
        while (sign == ' ' || sign == '\n' || sign == '\t' || sign == '\r') {
            sign = text[at++];
        }
        return sign;
    }

    private Json value() {
        return switch (next()) {
            case '{' -> unread();
            case '[' -> array();
            case '"' -> new JsonString(string());
            case 't' -> word("true", JsonBoolean.TRUE);
            case 'f' -> word("false", JsonBoolean.FALSE);
            case 'n' -> word("null", JsonNull.NULL);
            default -> number();
        };
    }

    private JsonObject unread() {
        int from = at - 1;
        pass();
        return JsonObject.unread(text, from, at);
    }

    /** Passes over the rest of an object, which has begun. */
    private void pass() {
        byte[] all = text;
        int here = at;
        for (int depth = 1; depth > 0;) {
            switch (all[here++]) {
                case '"' -> here = end(here) + 1;
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                default -> { }
            }
        }
        at = here;
    }

    /** The place of the quote that ends a string. */
    private int end(int from) {
        int here = from;
        for (byte sign = text[here]; sign != '"'; sign = text[here]) {
            here += sign == '\\' ? 2 : 1;
        }
        return here;
    }

    private JsonArray array() {
        if (next() == ']') {
            return JsonArray.EMPTY;
        }
        at--;
        var values = new ArrayList<Json>();
        do {
            values.add(value());
        } while (more(']'));
        return JsonArray.of(values);
    }

    private Json word(String word, Json value) {
        int from = at - 1;
        for (int i = 0; i < word.length(); i++) {
            if (text[from + i] != word.charAt(i)) {
                throw malformed();
            }
        }
        at = from + word.length();
        return value;
    }

    private Json number() {
        int from = at - 1;
        boolean whole = true;
        at = from;
        for (byte sign = text[at]; isOfNumber(sign); sign = text[at]) {
            whole &= sign <= '9' && sign != '.';
            at++;
        }
        var digits = new String(text, from, at - from, StandardCharsets.ISO_8859_1);
        try {
            return whole ? new JsonLong(Long.parseLong(digits)) : new JsonDouble(Double.parseDouble(digits));
        } catch (NumberFormatException e) {
            return large(digits);
        }
    }

    private static boolean isOfNumber(byte sign) {
        return sign >= '0' && sign <= '9' || sign == '-' || sign == '+' || sign == '.' || sign == 'e' || sign == 'E';
    }

    private Json large(String digits) {
        try {
            return new JsonDouble(Double.parseDouble(digits));
        } catch (NumberFormatException e) {
            throw malformed();
        }
    }

    /** The name of a field, whose quote was read. */
    private String name() {
        int from = at;
        int hash = 0;
        for (byte sign = text[at]; sign != '"'; sign = text[++at]) {
            if (sign == '\\' || sign < 0 || at - from == MOST_NAME_BYTES) {
                at = from;
                return string();
            }
            hash = 31 * hash + sign;
        }
        int length = at++ - from;
        int place = (hash ^ hash >>> 11) & NAMES - 1;
        String known = KNOWN_NAMES[place];
        if (known != null && isAt(known, from, length)) {
            return known;
        }
        var name = new String(text, from, length, StandardCharsets.ISO_8859_1);
        KNOWN_NAMES[place] = name;
        return name;
    }

    private boolean isAt(String name, int from, int length) {
        if (name.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (name.charAt(i) != text[from + i]) {
                return false;
            }
        }
        return true;
    }

    /** A string whose quote was read. */
    private String string() {
        int from = at;
        boolean escapes = false;
        for (byte sign = text[at]; sign != '"'; sign = text[at]) {
            escapes |= sign == '\\';
            at += sign == '\\' ? 2 : 1;
        }
        var raw = new String(text, from, at++ - from, StandardCharsets.UTF_8);
        return escapes ? unescaped(raw) : raw;
    }

    private String unescaped(String raw) {
        var plain = new StringBuilder(raw.length());
        boolean numbers = false;
        for (int i = 0; i < raw.length(); i++) {
            char sign = raw.charAt(i);
            if (sign != '\\') {
                plain.append(sign);
            } else if (raw.charAt(++i) == 'u') {
                plain.append(numbered(raw, i + 1));
                numbers = true;
                i += 4;
            } else {
                plain.append(meant(raw.charAt(i)));
            }
        }
        return numbers ? JsonReader.withoutHalves(plain.toString()) : plain.toString();
    }

    private char numbered(String raw, int from) {
        try {
            return (char) Integer.parseInt(raw, from, from + 4, 16);
        } catch (NumberFormatException e) {
            throw malformed();
        }
    }

    private char meant(char escaped) {
        return switch (escaped) {
            case '"', '\\', '/' -> escaped;
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            default -> throw malformed();
        };
    }
}
