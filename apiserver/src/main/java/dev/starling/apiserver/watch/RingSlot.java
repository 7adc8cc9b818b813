package dev.starling.apiserver.watch;

import dev.starling.kube.api.WatchEvent;
import dev.starling.kube.object.KubeObject;
import dev.starling.store.Change;
import dev.starling.store.Entry;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** One change in a ring. What several watches tell of it is the same object, so that it is encoded once. */
final class RingSlot {
    private final Change<KubeObject> change;
    private volatile Optional<KubeObject> gone = Optional.empty();

    RingSlot(Change<KubeObject> change) {
        this.change = change;
    }

    String key() {
        return change.key();
    }

    long revision() {
        return change.revision();
    }

    /** What this change is for a reader who sees only what a filter lets through. */
    Optional<WatchEvent> event(UnaryOperator<KubeObject> view, Predicate<KubeObject> filter) {
        boolean before = change.previous().map(Entry::value).map(view).filter(filter).isPresent();
        var after = change.current().map(Entry::value).map(view).filter(filter);
        if (after.isPresent()) {
            return Optional.of(new WatchEvent(before ? WatchEvent.Type.MODIFIED : WatchEvent.Type.ADDED, after.get()));
        }
        return before ? Optional.of(new WatchEvent(WatchEvent.Type.DELETED, view.apply(gone()))) : Optional.empty();
    }

    /** The last state that was seen, at the revision of this change. */
    private KubeObject gone() {
        if (gone.isEmpty()) {
            gone = change.previous().map(entry ->
                    entry.value().with(Long.toString(revision()), "metadata", "resourceVersion"));
        }
        return gone.orElseThrow();
    }
}
