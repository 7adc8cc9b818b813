package dev.starling.apiserver.registry;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The warnings that travel with the answer to one request; each text is kept once, in order. Thread-safe. */
public final class Warnings {
    private final Set<String> texts = Collections.synchronizedSet(new LinkedHashSet<>());

    public void add(String text) {
        texts.add(text);
    }

    public List<String> all() {
        synchronized (texts) {
            return List.copyOf(texts);
        }
    }
}
