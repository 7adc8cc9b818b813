package dev.starling.apiserver.watch;

import java.time.Duration;

/**
 * The bounds of watches.
 *
 * @param changesPerType how many changes of a resource type are kept for watches that resume or lag
 * @param bookmarkEvery how often an idle watch is told of progress
 */
public record WatchSettings(int changesPerType, Duration bookmarkEvery) {
    public static final WatchSettings DEFAULT = new WatchSettings(4096, Duration.ofMinutes(1));

    public WatchSettings {
        if (changesPerType < 1 || bookmarkEvery.isNegative() || bookmarkEvery.isZero()) {
            throw new IllegalArgumentException("bounds of watches are positive");
        }
    }
}
