package dev.starling.apiserver.registry;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import dev.starling.store.ConflictException;
import dev.starling.store.Entry;
import dev.starling.store.RangeQuery;
import dev.starling.store.RevisionStore;
import dev.starling.store.StoreClosedException;
import dev.starling.store.StoreUnavailableException;
import dev.starling.store.Write;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;

/** The last step of every write: compare and set in the store, then tell the kind's rules. */
final class Committer implements ObjectReader {
    private final RevisionStore<KubeObject> store;
    private final LongAdder lostRaces = new LongAdder();

    Committer(RevisionStore<KubeObject> store) {
        this.store = store;
    }

    /**
     * Gives an object the revision of its commit, and keeps what it made for the answer. It is converted before the
     * commit, because nothing may hold up the thread that commits.
     */
    private static final class Stamp implements LongFunction<KubeObject> {
        private final KubeObject object;
        private final KubeObject stored;
        private volatile KubeObject made;

        Stamp(Kind kind, KubeObject object) {
            this.object = object;
            this.stored = kind.storage().conversion().stored(object);
            this.made = object;
        }

        @Override
        public KubeObject apply(long revision) {
            made = stamped(object, revision);
            return stored == object ? made : stamped(stored, revision);
        }

        private static KubeObject stamped(KubeObject object, long revision) {
            return object.with(Long.toString(revision), "metadata", "resourceVersion");
        }
    }

    /** The newest state of an object, as its kind's version shows it. */
    Optional<Entry<KubeObject>> entry(Kind kind, ObjectKey key) {
        return store.get(kind.storeKey(key)).map(kind::shown);
    }

    /** Whether an object is still stored as an older version of its kind. */
    boolean outdated(Kind kind, ObjectKey key) {
        return store.get(kind.storeKey(key)).map(Entry::value).filter(kind.storage().conversion()::outdated)
                .isPresent();
    }

    @Override
    public Optional<KubeObject> find(ObjectKey key) {
        return store.get(StoreKeys.key(key)).map(Entry::value);
    }

    @Override
    public List<KubeObject> all(ResourceType type, String namespace) {
        return store.range(RangeQuery.prefix(StoreKeys.prefix(type, namespace))).entries().stream()
                .map(Entry::value).toList();
    }

    /** @throws ApiException ALREADY_EXISTS if there is one of this name */
    KubeObject create(Kind kind, ObjectKey key, KubeObject object) {
        var stamp = new Stamp(kind, object);
        if (!committed(riding(kind, Write.create(kind.storeKey(key), stamp)))) {
            throw ApiException.alreadyExists(key.type().qualifiedPlural(), key.name());
        }
        kind.rules().committed(Optional.empty(), Optional.of(stamp.made));
        return stamp.made;
    }

    /** Nothing if another write was faster. */
    Optional<KubeObject> replace(Kind kind, Entry<KubeObject> before, KubeObject object) {
        var stamp = new Stamp(kind, object);
        if (!committed(riding(kind, Write.update(before.key(), before.revision(), stamp)))) {
            lostRaces.increment();
            return Optional.empty();
        }
        kind.rules().committed(Optional.of(before.value()), Optional.of(stamp.made));
        return Optional.of(stamp.made);
    }

    /**
     * False if another write was faster. A deletion waits for no neighbour: whoever empties a namespace, or sweeps what
     * has expired, deletes one object after the other.
     */
    boolean remove(Kind kind, Entry<KubeObject> before) {
        if (!committed(Write.delete(before.key(), before.revision()))) {
            lostRaces.increment();
            return false;
        }
        kind.rules().committed(Optional.of(before.value()), Optional.empty());
        return true;
    }

    /** Writes of present objects that another write overtook. */
    long lostRaces() {
        return lostRaces.sum();
    }

    private static Write<KubeObject> riding(Kind kind, Write<KubeObject> write) {
        return kind.rules().rides() ? write.riding() : write;
    }

    private boolean committed(Write<KubeObject> write) {
        try {
            store.commit(write);
            return true;
        } catch (ConflictException e) {
            return false;
        } catch (StoreUnavailableException e) {
            throw ApiException.unavailable("the store cannot write now: " + e.getMessage());
        } catch (StoreClosedException e) {
            throw ApiException.unavailable("the server is stopping");
        }
    }
}
