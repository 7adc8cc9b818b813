package dev.starling.apiserver.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.random.RandomGenerator;

/** Spoils texts a little, as a seed says: one character is one byte. Used by one thread. */
final class Mutations {
    private static final List<String> TOKENS = List.of("{", "}", "[", "]", "\"", ":", ",", "null", "true", "0", "-1",
            "1.5", "1e999", "9223372036854775808", "99999999999999999999", "\u0000", "\u00ff", "\u00c0\u00ae",
            "\\u0000",
            "\\ud800", "\n", "\t", "*a", "&a ", "!!", "---", "? ", "- ",
            "$patch", "\"$setElementOrder/x\":", "~1", "%00",
            "%2e%2e", "%2F", "%", "..", "/", "//", "?", "&", "=", ";", "a".repeat(300), "[".repeat(600),
            "{\"a\":".repeat(600), "k8s\u0000", "\u00f0\u0090\u0080\u0080", "'", "(", "!", " in ", "<<: *a");

    private final RandomGenerator random;

    Mutations(RandomGenerator random) {
        this.random = random;
    }

    /** One to four changes. */
    String of(String text) {
        var bytes = new StringBuilder(text);
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            change(bytes);
        }
        return bytes.toString();
    }

    private void change(StringBuilder text) {
        int at = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), at + random.nextInt(20));
        switch (random.nextInt(7)) {
            case 0 -> text.insert(at, one(TOKENS));
            case 1 -> text.replace(at, to, one(TOKENS));
            case 2 -> text.delete(at, to);
            case 3 -> text.insert(random.nextInt(text.length() + 1), text.substring(at, to));
            case 4 -> text.insert(at, (char) random.nextInt(256));
            case 5 -> text.setLength(at);
            default -> {
                if (at < text.length()) {
                    text.setCharAt(at, (char) (text.charAt(at) ^ 1 << random.nextInt(8)));
                }
            }
        }
    }

    <T> T one(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** As it can stand in the first line and the headers of a request: an end of line would end it. */
    static String inLine(String text) {
        return text.replaceAll("[\r\n]", "");
    }

    static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
