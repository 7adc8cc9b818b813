package dev.starling.apiserver.registry;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What admission has to say to the audit log about one request: the first text of each key. Some is told only where the
 * body of the request is told. Thread-safe.
 */
public final class AuditNotes {
    private static final int MOST_OF_ONE = 10 << 10; // characters, as upstream allows a policy's annotation
    private static final int MOST = 256;
    private static final int MOST_DETAILS = 3 << 20; // characters in all

    private final Map<String, String> texts = new ConcurrentSkipListMap<>();
    private final Map<String, String> details = new ConcurrentSkipListMap<>();
    private final AtomicLong detailed = new AtomicLong();

    /** @param key such as {@code pod-security.kubernetes.io/audit-violations} */
    public void add(String key, String text) {
        if (texts.size() < MOST) {
            texts.putIfAbsent(key, text.length() > MOST_OF_ONE ? text.substring(0, MOST_OF_ONE) : text);
        }
    }

    /** Takes what is told with the body of the request: whole, or not at all. */
    public void addDetail(String key, String text) {
        if (details.size() < MOST && detailed.addAndGet(text.length()) <= MOST_DETAILS) {
            details.putIfAbsent(key, text);
        }
    }

    public Map<String, String> all() {
        return Map.copyOf(texts);
    }

    public Map<String, String> details() {
        return Map.copyOf(details);
    }
}
