package dev.starling.store;

import java.time.InstantSource;
import java.util.ArrayDeque;

/** Decides how far back history reaches: young enough, and not too much. Owned by the commit writer. */
final class Retention {
    private static final long MARK_EVERY_MS = 1_000;

    private record Mark(long timeMs, long revision) {}

    private final StoreSettings settings;
    private final InstantSource clock;
    private final ArrayDeque<Mark> marks = new ArrayDeque<>();

    Retention(StoreSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** Notes that a revision became visible now. */
    void visible(long revision) {
        long nowMs = clock.millis();
        var last = marks.peekLast();
        boolean sameMark = last != null && nowMs - last.timeMs() < MARK_EVERY_MS;
        if (sameMark) {
            marks.removeLast();
        }
        marks.add(new Mark(sameMark ? last.timeMs() : nowMs, revision));
    }

    /** The revision to compact to now. */
    long target(Image<?> image) {
        long target = image.compactedRevision();
        long oldestMs = clock.millis() - settings.historyAge().toMillis() - MARK_EVERY_MS;
        while (!marks.isEmpty() && marks.getFirst().timeMs() < oldestMs) {
            target = Math.max(target, marks.removeFirst().revision());
        }
        int slack = Math.max(1, settings.historyChanges() / 8);
        if (image.historySize() >= settings.historyChanges() + slack) {
            target = Math.max(target, image.compactionLeaving(settings.historyChanges()));
        }
        return target;
    }
}
