package dev.starling.apiserver.registry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The warnings that travel with the answer to one request; each text is kept once, in order. Thread-safe. */
public final class Warnings {
    private static final int MOST_SHOWN = 4096;
    private static final int MOST_OF_ONE = 256;

    private final Set<String> texts = Collections.synchronizedSet(new LinkedHashSet<>());

    public static Warnings of(String text) {
        var warnings = new Warnings();
        warnings.add(text);
        return warnings;
    }

    public void add(String text) {
        texts.add(text);
    }

    /**
     * What fits into the headers of an answer, as upstream cuts it: where all of it is too long, long texts are
     * shortened, and what still does not fit is left out.
     */
    public List<String> shown() {
        var all = all();
        if (all.stream().mapToInt(String::length).sum() <= MOST_SHOWN) {
            return all;
        }
        var shown = new ArrayList<String>();
        int left = MOST_SHOWN;
        for (String text : all) {
            String cut = text.length() > MOST_OF_ONE ? text.substring(0, MOST_OF_ONE) : text;
            left -= cut.length();
            if (left < 0) {
                break;
            }
            shown.add(cut);
        }
        return List.copyOf(shown);
    }

    public List<String> all() {
        synchronized (texts) {
            return List.copyOf(texts);
        }
    }
}
