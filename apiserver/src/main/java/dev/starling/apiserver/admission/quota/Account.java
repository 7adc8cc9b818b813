package dev.starling.apiserver.admission.quota;

import dev.starling.apiserver.admission.amount.Amounts;
import dev.starling.kube.object.KubeObject;
import dev.starling.store.Change;
import dev.starling.store.Changes;
import dev.starling.store.CompactedException;
import dev.starling.store.Entry;
import dev.starling.store.OverrunException;
import dev.starling.store.RangeQuery;
import dev.starling.store.RevisionStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * What the objects of one sort in one namespace use. The truth is the store: the account follows its changes. What is
 * about to be written is reserved meanwhile, until the change itself is seen, so that the sum is never too small.
 *
 * <p>Thread-safe. The store is read under the lock: that touches memory only, and a look and a reservation between
 * which others could look would be no promise.
 */
final class Account implements AutoCloseable {
    private final ReentrantLock lock = new ReentrantLock();
    private final RevisionStore<KubeObject> store;
    private final Counted counted;
    private final String prefix;
    private final Runnable changed;

    // All below guarded by the lock.
    private final Map<String, Item> items = new HashMap<>();
    private final Map<List<Scope>, Amounts> sums = new HashMap<>();
    private final List<Reservation> reservations = new ArrayList<>();
    private Changes<KubeObject> changes;

    /** @param changed called when there may be something new; must return at once */
    Account(RevisionStore<KubeObject> store, Counted counted, String namespace, Runnable changed) {
        this.store = store;
        this.counted = counted;
        this.prefix = counted.prefix(namespace);
        this.changed = changed;
        this.changes = reload();
    }

    /** What a write changes, from before it is committed until its change is seen. */
    final class Reservation {
        private final Write write;
        private long settled = Long.MAX_VALUE; // guarded by the lock; nothing of it comes after this revision

        private Reservation(Write write) {
            this.write = write;
        }

        private Amounts more(List<Scope> scopes) {
            return write.after().within(scopes).minus(write.before().within(scopes)).positive();
        }

        /** The write was given up. */
        void drop() {
            locked(view -> reservations.remove(this));
        }

        /** The write is in the store. */
        void settle() {
            locked(view -> settled = store.revision());
        }
    }

    /**
     * One write.
     *
     * @param revision of the state before; 0 for a creation
     */
    record Write(String uid, long revision, Item before, Item after) {
    }

    /** What the account shows while it stands still. */
    final class View {
        private View() {
        }

        /** What is used of a quota with these scopes, what is about to be written included. */
        Amounts used(List<Scope> scopes) {
            var used = stored(scopes);
            for (var reservation : reservations) {
                used = used.plus(reservation.more(scopes));
            }
            return used;
        }

        /** What is used by what is stored. */
        Amounts stored(List<Scope> scopes) {
            return sums.computeIfAbsent(scopes, all -> items.values().stream().map(item -> item.within(all))
                    .reduce(Amounts.NONE, Amounts::plus));
        }

        Reservation reserve(Write write) {
            var reservation = new Reservation(write);
            reservations.add(reservation);
            return reservation;
        }
    }

    /** Looks at the account, and reserves, while nobody else does. */
    <T> T locked(Function<View, T> action) {
        lock.lock();
        try {
            catchUp();
            return action.apply(new View());
        } finally {
            lock.unlock();
        }
    }

    private void catchUp() {
        try {
            for (var change = changes.poll(); change.isPresent(); change = changes.poll()) {
                fold(change.get());
            }
        } catch (OverrunException e) {
            changes = reload();
        }
        long seen = changes.revision();
        reservations.removeIf(reservation -> reservation.settled <= seen);
    }

    private Changes<KubeObject> reload() {
        while (true) {
            var page = store.range(RangeQuery.prefix(prefix));
            items.clear();
            sums.clear();
            page.entries().forEach(this::put);
            try {
                var opened = store.changes(prefix, page.revision());
                opened.onReady(changed);
                return opened;
            } catch (CompactedException e) {
                continue; // history moves faster than this thread reads: once more
            }
        }
    }

    private Item put(Entry<KubeObject> entry) {
        var item = Item.of(counted, entry.value());
        String uid = entry.value().uid();
        items.put(uid, item);
        reservations.removeIf(reservation -> seen(reservation, uid, entry.revision()));
        return item;
    }

    private void fold(Change<KubeObject> change) {
        change.previous().flatMap(entry -> Optional.ofNullable(items.remove(entry.value().uid())))
                .ifPresent(item -> count(item, false));
        change.current().ifPresent(entry -> count(put(entry), true));
        var entry = change.current().or(change::previous).orElseThrow();
        reservations.removeIf(reservation -> seen(reservation, entry.value().uid(), change.revision()));
    }

    /** By compare-and-set the next change of an object is the reserved one, or the reserved one failed. */
    private static boolean seen(Reservation reservation, String uid, long revision) {
        return reservation.write.uid().equals(uid) && revision > reservation.write.revision();
    }

    private void count(Item item, boolean comes) {
        sums.replaceAll((scopes, sum) -> {
            var part = item.within(scopes);
            return part.isEmpty() ? sum : comes ? sum.plus(part) : sum.minus(part);
        });
    }

    @Override
    public void close() {
        lock.lock();
        try {
            changes.close();
        } finally {
            lock.unlock();
        }
    }
}
