package dev.starling.apiserver.registry;

import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.apiserver.watch.WatchHub;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.ObjectList;
import dev.starling.kube.api.Patch;
import dev.starling.kube.api.Watch;
import dev.starling.kube.api.WatchQuery;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import dev.starling.store.RevisionStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The one write path of all kinds, built-in or custom: decode, default, admit, validate, commit by compare-and-set.
 * Every method may be called from any thread and is refused with an {@link ApiException}; writes return once they are
 * durable.
 */
public final class Registry {

    private final Catalog catalog;
    private final WatchHub hub;
    private final Committer committer;
    private final RevisionStore<KubeObject> store;
    private final Writer writer;
    private final Deleter deleter;
    private final Lister lister;

    public Registry(RegistryParts parts) {
        this.catalog = new Catalog(Stream.<Resource>concat(parts.kinds().stream(), parts.computed().stream()).toList());
        this.hub = parts.hub();
        this.store = parts.store();
        this.committer = new Committer(store);
        this.writer = new Writer(parts, committer, catalog);
        this.deleter = new Deleter(writer, committer, parts.clock());
        this.lister = new Lister(parts.store(), parts.hub());
    }

    /** The API of one caller. */
    public KubeApi as(Caller caller) {
        return new InProcessApi(this, caller);
    }

    /** What is served just now. */
    public Catalog catalog() {
        return catalog;
    }

    /**
     * Takes some types away and serves others, in one step: custom kinds come and go. Watches of what has gone end.
     *
     * @throws IllegalArgumentException if a type that comes is served already and does not go
     */
    public void serve(Collection<ResourceType> gone, Collection<? extends Resource> come) {
        var before = gone.stream().map(catalog::find).flatMap(Optional::stream).toList();
        catalog.replace(gone, come);
        before.stream().filter(resource -> !catalog.find(resource.served().type()).equals(Optional.of(resource)))
                .forEach(this::endWatches);
    }

    /** All versions of a kind share one place in the store; a client whose version stays comes back. */
    private void endWatches(Resource resource) {
        if (resource instanceof Kind kind) {
            hub.end(StoreKeys.typePrefix(kind.storage().type()));
        }
    }

    /** For metrics. */
    public BoundCounters counters() {
        return new BoundCounters(store.counters(), committer.lostRaces(), hub.expired());
    }

    /** The newest state of a store, for what must be known before there is a registry. */
    public static ObjectReader reading(RevisionStore<KubeObject> store) {
        return new Committer(store);
    }

    /** The newest state, for rules and for whoever authenticates. */
    public ObjectReader reader() {
        return committer;
    }

    /** Creates an object or acts by a subresource; HTTP answers 201. The kind {@code Status} is an answer, too. */
    public KubeObject create(Request request, ObjectKey key, KubeObject object, WriteOptions options) {
        if (resource(key.type()) instanceof Review review) {
            return review.answer(request, key, object);
        }
        if (resource(key.type()) instanceof Redirect redirect) {
            return create(request, redirect.key(key.namespace(), object), object, options);
        }
        var job = new Writer.Job(stored(key.type()), request, key, options);
        if (key.subresource().isEmpty()) {
            return writer.create(job, object);
        }
        var sub = subresource(job.kind(), key);
        return sub.create(new Subresource.Call(this, request, key, options),
                writer.admitted(job, Operation.CREATE, object));
    }

    /** Asks whether a stream of an object may be opened: exec, attach, port-forward. */
    public void connect(Request request, ObjectKey key, KubeObject options) {
        writer.admitted(new Writer.Job(stored(key.type()), request, key, WriteOptions.DEFAULT), Operation.CONNECT,
                options);
    }

    /**
     * Refuses to read unless everything up to a resourceVersion is there.
     *
     * @throws ApiException TIMEOUT if it is not there yet, INVALID if it is none
     */
    public void requireRevision(String resourceVersion) {
        lister.require(resourceVersion);
    }

    public KubeObject get(ObjectKey key) {
        if (resource(key.type()) instanceof ComputedResource answered) {
            return answered.find(key.namespace(), key.name()).orElseThrow(() -> Writer.missing(key));
        }
        var kind = stored(key.type());
        var object = committer.entry(kind, key.whole()).orElseThrow(() -> Writer.missing(key)).value();
        return isWhole(kind, key) ? object : subresource(kind, key).view(object);
    }

    public ObjectList list(ListQuery query) {
        return resource(query.type()) instanceof ComputedResource answered ? lister.computed(answered, query)
                : lister.list(stored(query.type()), query);
    }

    public Watch watch(WatchQuery query) {
        return lister.watch(stored(query.type()), query);
    }

    public Written update(Request request, ObjectKey key, KubeObject object, WriteOptions options) {
        var kind = stored(key.type());
        var job = new Writer.Job(kind, request, key, options);
        if (isWhole(kind, key)) {
            return writer.update(job, object);
        }
        var sub = subresource(kind, key);
        return viewed(job, sub, owner -> sub.applied(owner, object));
    }

    public Written patch(Request request, ObjectKey key, Patch patch, WriteOptions options) {
        var kind = stored(key.type());
        var job = new Writer.Job(kind, request, key, options);
        if (isWhole(kind, key)) {
            return patch instanceof Patch.Apply apply ? writer.apply(job, apply)
                    : new Written(writer.change(job, before -> patched(job, before, patch)), false);
        }
        var sub = subresource(kind, key);
        if (patch instanceof Patch.Apply apply) {
            var configuration = sub.configuration(kind.type(), apply.object());
            return new Written(sub.view(writer.applied(job, configuration, apply.force())), false);
        }
        return viewed(job, sub, owner -> sub.applied(owner, Patching.applied(kind, sub.view(owner), patch)));
    }

    private static KubeObject patched(Writer.Job job, KubeObject before, Patch patch) {
        var after = Incoming.decoded(job.kind(), Patching.applied(job.kind(), before, patch), before.tree(),
                job.strictness());
        Incoming.checkAddress(job.key(), after);
        return after;
    }

    private Written viewed(Writer.Job job, Subresource sub, UnaryOperator<KubeObject> change) {
        return new Written(sub.view(writer.change(job, change)), false);
    }

    public Deleted delete(Request request, ObjectKey key, DeleteOptions options) {
        if (!key.subresource().isEmpty()) {
            throw new ApiException(Reason.METHOD_NOT_ALLOWED, "delete is not supported on this subresource");
        }
        if (resource(key.type()) instanceof ComputedResource answered && answered.removable()) {
            var object = get(key);
            if (!options.dryRun()) {
                answered.remove(key.namespace(), key.name());
            }
            return new Deleted(object, true);
        }
        var write = new WriteOptions(options.dryRun(), "", WriteOptions.DEFAULT.fieldValidation());
        return deleter.delete(new Writer.Job(stored(key.type()), request, key, write), options);
    }

    /**
     * Deletes all that a query selects, and answers the list of it. All of it is listed first: the deletions of a large
     * collection would drive the revision of a first page out of the history before the last page is asked for.
     */
    public ObjectList deleteCollection(Request request, ListQuery query, DeleteOptions options) {
        var chosen = list(query);
        var items = new ArrayList<KubeObject>();
        for (var item : chosen.items()) {
            deleted(request, item.key(query.type()), options).ifPresent(items::add);
        }
        return new ObjectList(items, chosen.resourceVersion(), chosen.continueToken(), chosen.remaining());
    }

    private Optional<KubeObject> deleted(Request request, ObjectKey key, DeleteOptions options) {
        try {
            return Optional.of(delete(request, key, options).object());
        } catch (ApiException e) {
            if (e.is(Reason.NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Changes an object, again from the newest state when another write was faster. A key with a subresource other
     * than {@code status} changes any part of it. Nobody owns what is changed by this.
     */
    public KubeObject change(Request request, ObjectKey key, UnaryOperator<KubeObject> change, WriteOptions options) {
        return writer.change(new Writer.Job(stored(key.type()), request, key, options, false), change);
    }

    private static boolean isWhole(Kind kind, ObjectKey key) {
        return key.subresource().isEmpty() || key.subresource().equals("status") && kind.rules().hasStatus()
                || kind.rules().part(key.subresource()).isPresent();
    }

    private static Subresource subresource(Kind kind, ObjectKey key) {
        return Optional.ofNullable(kind.subresources().get(key.subresource())).orElseThrow(Registry::notServed);
    }

    private Kind stored(ResourceType type) {
        return switch (resource(type)) {
            case Kind kind -> kind;
            case ComputedResource computed -> throw notAllowed();
            case Redirect redirect -> throw notAllowed();
            case Review review -> throw notAllowed();
        };
    }

    private Resource resource(ResourceType type) {
        return catalog.find(type).orElseThrow(Registry::notServed);
    }

    private static ApiException notAllowed() {
        return new ApiException(ApiException.Reason.METHOD_NOT_ALLOWED,
                "the server does not allow this method on the requested resource");
    }

    private static ApiException notServed() {
        return new ApiException(Reason.NOT_FOUND, "the server could not find the requested resource");
    }
}
