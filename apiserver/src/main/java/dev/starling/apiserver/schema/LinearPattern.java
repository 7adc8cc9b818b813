package dev.starling.apiserver.schema;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A regular expression of a user, in the syntax of RE2. Its time grows with the text alone, whoever wrote it.
 * Immutable and thread-safe.
 */
public final class LinearPattern {
    private static final int MOST_KEPT = 4096;
    /** Larger ones are made anew each time, so that those that are kept take little memory. */
    private static final int LARGEST_KEPT = 1_000;
    private static final Map<String, LinearPattern> KEPT = new ConcurrentHashMap<>();

    private final Pattern pattern;

    private LinearPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /** @throws IllegalArgumentException if the syntax is wrong, or the expression too large */
    public static LinearPattern of(String text) {
        var known = KEPT.get(text);
        if (known != null) {
            return known;
        }
        try {
            long size = PatternSize.of(text);
            var made = new LinearPattern(Pattern.compile(text));
            if (KEPT.size() < MOST_KEPT && size <= LARGEST_KEPT) {
                KEPT.put(text, made);
            }
            return made;
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("error parsing regexp: " + e.getMessage(), e);
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
