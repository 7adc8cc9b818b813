package dev.starling.apiserver.schema;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A regular expression of a user, in the syntax of RE2. Its time grows with the text alone, whoever wrote it.
 * Immutable and thread-safe.
 */
public final class LinearPattern {
    /** How much all that are kept may weigh; one unit takes some fifty bytes. */
    private static final long MOST_KEPT = 1_000_000;
    /** Heavier ones are made anew each time, so that no single one drives out many. */
    private static final long HEAVIEST_KEPT = 10_000;
    /** A class of Unicode is a table of its ranges wherever it stands. */
    private static final long WEIGHT_OF_CLASS = 200;
    private static final ReentrantLock KEEPING = new ReentrantLock();
    private static final Map<String, LinearPattern> KEPT = new LinkedHashMap<>(256, 0.75f, true); // under KEEPING
    private static long kept; // what they weigh; under KEEPING

    private final Pattern pattern;
    private final long weight;

    private LinearPattern(Pattern pattern, long weight) {
        this.pattern = pattern;
        this.weight = weight;
    }

    /** @throws IllegalArgumentException if the syntax is wrong, or the expression too large */
    public static LinearPattern of(String text) {
        KEEPING.lock();
        try {
            var known = KEPT.get(text);
            if (known != null) {
                return known;
            }
        } finally {
            KEEPING.unlock();
        }
        var made = made(text);
        if (made.weight <= HEAVIEST_KEPT) {
            keep(text, made);
        }
        return made;
    }

    private static LinearPattern made(String text) {
        long size = PatternSize.of(text);
        long classes = (text.length() - text.toLowerCase(Locale.ROOT).replace("\\p", "").length()) / 2;
        try {
            return new LinearPattern(Pattern.compile(text), size + text.length() + classes * WEIGHT_OF_CLASS);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("error parsing regexp: " + e.getMessage(), e);
        }
    }

    /** The longest unused ones go. */
    private static void keep(String text, LinearPattern made) {
        KEEPING.lock();
        try {
            var known = KEPT.put(text, made);
            kept += made.weight - (known == null ? 0 : known.weight);
            for (var oldest = KEPT.values().iterator(); kept > MOST_KEPT;) {
                kept -= oldest.next().weight;
                oldest.remove();
            }
        } finally {
            KEEPING.unlock();
        }
    }

    /** What is wrong with the syntax of an expression, if something is. */
    public static Optional<String> problem(String text) {
        try {
            of(text);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(e.getMessage());
        }
    }

    /** Whether it is found anywhere in a text. */
    public boolean isIn(String text) {
        return pattern.matcher(text).find();
    }

    /** What it finds in a text, from the left. */
    public List<String> found(String text, long most) {
        List<String> found = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        while (found.size() < most && matcher.find()) {
            found.add(matcher.group());
        }
        return found;
    }
}
