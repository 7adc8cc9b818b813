package dev.starling.apiserver.registry;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** What admission has to say to the audit log about one request: the first text of each key. Thread-safe. */
public final class AuditNotes {
    private static final int MOST_OF_ONE = 10 << 10; // characters, as upstream allows a policy's annotation
    private static final int MOST = 256;

    private final Map<String, String> texts = new ConcurrentSkipListMap<>();

    /** @param key such as {@code pod-security.kubernetes.io/audit-violations} */
    public void add(String key, String text) {
        if (texts.size() < MOST) {
            texts.putIfAbsent(key, text.length() > MOST_OF_ONE ? text.substring(0, MOST_OF_ONE) : text);
        }
    }

    public Map<String, String> all() {
        return Map.copyOf(texts);
    }
}
