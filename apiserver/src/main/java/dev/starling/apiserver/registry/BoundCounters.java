package dev.starling.apiserver.registry;

import dev.starling.store.StoreCounters;

/**
 * How often the bounds of storing and watching were reached since the start.
 *
 * @param lostRaces writes that were tried again or refused because another write of the object was faster
 * @param expiredWatches watches that were cut off or refused with 410, since their changes are forgotten
 */
public record BoundCounters(StoreCounters store, long lostRaces, long expiredWatches) {
}
