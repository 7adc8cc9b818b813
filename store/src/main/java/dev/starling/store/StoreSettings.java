package dev.starling.store;

import java.time.Duration;

/**
 * The bounds of a store.
 *
 * @param historyChanges how many of the newest changes stay readable at least, if they are young enough
 * @param historyAge how long a change stays readable at most
 * @param queuedWrites how many writes may wait for the commit writer before callers are held back
 * @param batchBytes about how many bytes of values are written at once
 * @param rideTime how long a riding write may wait for a neighbour
 */
public record StoreSettings(
        int historyChanges, Duration historyAge, int queuedWrites, int batchBytes, Duration rideTime) {

    public StoreSettings {
        if (historyChanges < 1 || queuedWrites < 1 || batchBytes < 1) {
            throw new IllegalArgumentException("history, queue and batch hold at least one");
        }
        if (historyAge.isNegative() || historyAge.isZero() || rideTime.isNegative()) {
            throw new IllegalArgumentException("history has an age and riding a time that is not negative");
        }
    }

    public static StoreSettings defaults() {
        return new StoreSettings(20_000, Duration.ofMinutes(5), 1_024, 4 << 20, Duration.ofMillis(100));
    }

    public StoreSettings withHistory(int changes, Duration age) {
        return new StoreSettings(changes, age, queuedWrites, batchBytes, rideTime);
    }

    public StoreSettings withQueuedWrites(int writes) {
        return new StoreSettings(historyChanges, historyAge, writes, batchBytes, rideTime);
    }

    public StoreSettings withRideTime(Duration time) {
        return new StoreSettings(historyChanges, historyAge, queuedWrites, batchBytes, time);
    }
}
