package dev.starling.apiserver.watch;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.Watch;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.KubeObject;
import dev.starling.store.Entry;
import dev.starling.store.RangeQuery;
import dev.starling.store.RevisionStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Serves watches from one bounded ring of changes per resource type. It needs no thread: the store's writer fills the
 * rings and wakes the readers, who poll. As a loop it tells idle watches of progress.
 */
public final class WatchHub implements Loop, AutoCloseable {
    private final RevisionStore<KubeObject> store;
    private final WatchSettings settings;
    private final Map<String, ChangeRing> rings = new ConcurrentHashMap<>();
    private final LongAdder expired = new LongAdder();

    public WatchHub(RevisionStore<KubeObject> store, WatchSettings settings) {
        this.store = store;
        this.settings = settings;
    }

    /**
     * Opens a watch. One that is too old to resume tells so by an ERROR event.
     *
     * @throws ApiException TIMEOUT if the revision is not there yet
     */
    public Watch watch(WatchRequest request) {
        long newest = store.revision();
        if (request.after() > newest) {
            throw tooLarge(request.after(), newest);
        }
        var ring = ring(request.scope().typePrefix());
        return request.after() == 0 ? fromPresent(ring, request) : resumed(ring, request);
    }

    private Watch fromPresent(ChangeRing ring, WatchRequest request) {
        var page = store.range(RangeQuery.prefix(request.scope().prefix()));
        var present = page.entries().stream().map(Entry::value).toList();
        return joined(ring, request, present, page.revision());
    }

    private Watch resumed(ChangeRing ring, WatchRequest request) {
        if (request.initialEnd()) {
            return fromPresent(ring, request);
        }
        return joined(ring, request, List.of(), request.after());
    }

    private Watch joined(ChangeRing ring, WatchRequest request, List<KubeObject> present, long revision) {
        var place = ring.placeAfter(revision);
        if (place.isEmpty()) {
            expired.increment();
            return RingWatch.refused(tooOld(revision, ring.forgotten()));
        }
        var watch = new RingWatch(ring, request, new RingWatch.Start(present, revision, place.getAsLong()));
        ring.join(watch);
        return watch;
    }

    private ChangeRing ring(String prefix) {
        var known = rings.get(prefix);
        if (known != null) {
            return known;
        }
        var made = new ChangeRing(store, prefix, settings.changesPerType(), expired);
        var winner = rings.putIfAbsent(prefix, made);
        if (winner != null) {
            made.close();
            return winner;
        }
        made.start();
        return made;
    }

    /** {@code too old resource version: 7 (12)}: changes up to 12 are forgotten. */
    static ApiException tooOld(long revision, long forgotten) {
        return ApiException.expired("too old resource version: " + revision + " (" + forgotten + ")");
    }

    /** The refusal of a revision that is not there yet; clients recognize its cause and try again. */
    public static ApiException tooLarge(long revision, long newest) {
        var cause = JsonObject.of("reason", "ResourceVersionTooLarge", "message", "Too large resource version");
        return new ApiException(ApiException.Reason.TIMEOUT,
                "Timeout: Too large resource version: " + revision + ", current: " + newest,
                JsonObject.of("causes", JsonArray.of(List.of(cause)), "retryAfterSeconds", 1));
    }

    /** Watches that were cut off or refused since their changes are forgotten. */
    public long expired() {
        return expired.sum();
    }

    /** Ends the watches of a type that is no longer served, and forgets its changes. */
    public void end(String typePrefix) {
        Optional.ofNullable(rings.remove(typePrefix)).ifPresent(ChangeRing::close);
    }

    @Override
    public String name() {
        return "watch-bookmarks";
    }

    @Override
    public Next step(Instant now) {
        rings.values().forEach(ChangeRing::bookmarksDue);
        return Next.at(now.plus(settings.bookmarkEvery()));
    }

    /** Ends every watch. */
    @Override
    public void close() {
        rings.values().forEach(ChangeRing::close);
    }
}
