package dev.starling.apiserver.schema;

import java.util.ArrayDeque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How large the program of a regular expression will be, before one is made: repetitions of repetitions multiply, and
 * a short text can be a program that fills the memory. Go, too, refuses more than a thousand in all, and deep nesting.
 */
final class PatternSize {
    private static final int MOST_CHARACTERS = 16 << 10;
    private static final int DEEPEST = 200;
    private static final long MOST_REPEATED = 1_000;
    private static final long MOST_PARTS = 100_000;
    private static final Pattern COUNT = Pattern.compile("\\{(\\d{1,9})(?:,(\\d{0,9}))?\\}");

    private final String text;
    private final ArrayDeque<Part> open = new ArrayDeque<>();
    private Part last = new Part();

    /** A group or a single character: its parts when all repetitions are written out, and how often any is repeated. */
    private static final class Part {
        private long parts;
        private long repeated = 1;
    }

    private PatternSize(String text) {
        this.text = text;
        open.push(new Part());
    }

    /** @throws IllegalArgumentException if it is too large */
    static long of(String text) {
        if (text.length() > MOST_CHARACTERS) {
            throw new IllegalArgumentException("expression too large");
        }
        return new PatternSize(text).measured();
    }

    private long measured() {
        for (int i = 0; i < text.length(); i = next(i)) {
            if (open.size() > DEEPEST) {
                throw new IllegalArgumentException("expression nests too deeply");
            }
        }
        while (open.size() > 1) {
            close();
        }
        return open.peek().parts;
    }

    /** Takes the part at a place; answers where the next one is. */
    private int next(int at) {
        switch (text.charAt(at)) {
            case '(' -> open.push(new Part());
            case ')' -> {
                if (open.size() > 1) {
                    close();
                }
            }
            case '\\' -> {
                return escaped(at);
            }
            case '[' -> {
                character();
                return behindClass(at);
            }
            case '{' -> {
                return repeated(at);
            }
            default -> character();
        }
        return at + 1;
    }

    /** Braces after {@code \x}, {@code \p} and {@code \P} count nothing, nor do any between \Q and \E. */
    private int escaped(int at) {
        int after = at + 2;
        char kind = at + 1 < text.length() ? text.charAt(at + 1) : '\\';
        if (kind == 'Q') {
            return quoted(after);
        }
        character();
        boolean braced = after < text.length() && text.charAt(after) == '{';
        return switch (kind) {
            case 'x' -> braced ? behind("}", after) : after + 2;
            case 'p', 'P' -> braced ? behind("}", after) : after + 1;
            default -> after;
        };
    }

    private int quoted(int at) {
        int end = text.indexOf("\\E", at);
        for (int i = at; i < (end < 0 ? text.length() : end); i++) {
            character();
        }
        return end < 0 ? text.length() : end + 2;
    }

    private int behind(String mark, int at) {
        int end = text.indexOf(mark, at);
        return end < 0 ? text.length() : end + mark.length();
    }

    private void close() {
        add(open.pop());
    }

    private void character() {
        var one = new Part();
        one.parts = 1;
        add(one);
    }

    private void add(Part part) {
        last = part;
        var around = open.peek();
        around.parts += Math.max(1, part.parts);
        around.repeated = Math.max(around.repeated, part.repeated);
        if (around.parts > MOST_PARTS) {
            throw new IllegalArgumentException("expression too large");
        }
    }

    private int behindClass(int at) {
        int i = at + 1;
        i += i < text.length() && text.charAt(i) == '^' ? 1 : 0;
        i += i < text.length() && text.charAt(i) == ']' ? 1 : 0;
        while (i < text.length() && text.charAt(i) != ']') {
            boolean named = text.startsWith("[:", i) && text.indexOf(":]", i + 2) > 0;
            i = named ? behind(":]", i + 2) : text.charAt(i) == '\\' ? i + 2 : i + 1;
        }
        return i + 1;
    }

    private int repeated(int at) {
        Matcher count = COUNT.matcher(text).region(at, text.length());
        if (!count.lookingAt()) {
            character();
            return at + 1;
        }
        String most = count.group(2) == null || count.group(2).isEmpty() ? count.group(1) : count.group(2);
        long times = Math.max(1, Long.parseLong(most));
        var around = open.peek();
        around.parts += Math.max(1, last.parts) * (times - 1);
        last.repeated *= times;
        last.parts = Math.max(1, last.parts) * times;
        around.repeated = Math.max(around.repeated, last.repeated);
        if (last.repeated > MOST_REPEATED) {
            throw new IllegalArgumentException("invalid repeat count: `" + count.group() + "`");
        }
        if (around.parts > MOST_PARTS) {
            throw new IllegalArgumentException("expression too large");
        }
        return count.end();
    }
}
