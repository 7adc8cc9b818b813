package dev.starling.apiserver.registry;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The one write path of all kinds, built-in or custom: decode, default, admit, validate, commit by compare-and-set.
 * Every method may be called from any thread and is refused with an {@link ApiException}; writes return once they are
 * durable.
 */
public final class Registry {
    private static final int DELETED_PER_PAGE = 500;

    private final Map<ResourceType, Kind> kinds;
    private final Map<ResourceType, ComputedResource> computed;
    private final List<ServedResource> served;
    private final Committer committer;
    private final Writer writer;
    private final Deleter deleter;
    private final Lister lister;

    public Registry(RegistryParts parts) {
        this.kinds = parts.kinds().stream().collect(Collectors.toUnmodifiableMap(Kind::type, kind -> kind));
        this.computed = parts.computed().stream()
                .collect(Collectors.toUnmodifiableMap(ComputedResource::type, resource -> resource));
        this.served = Stream.concat(parts.kinds().stream().map(Kind::served),
                parts.computed().stream().map(resource ->
                        ServedResource.computed(resource.type(), resource.removable()))).toList();
        this.committer = new Committer(parts.store());
        this.writer = new Writer(parts, committer);
        this.deleter = new Deleter(writer, committer, parts.clock());
        this.lister = new Lister(parts.store(), parts.hub());
    }

    /** The API of one caller. */
    public KubeApi as(Caller caller) {
        return new InProcessApi(this, caller);
    }

    /** What is served, in discovery's order. */
    public List<ServedResource> served() {
        return served;
    }

    /** The resource of a path; the group of the core API is empty. */
    public Optional<ServedResource> served(String group, String version, String plural) {
        return served.stream().filter(resource -> resource.type().plural().equals(plural)
                && resource.type().version().equals(version) && resource.type().group().equals(group)).findFirst();
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
        var kind = stored(key.type());
        if (key.subresource().isEmpty()) {
            return writer.create(new Writer.Job(kind, request, key, options), object);
        }
        return subresource(kind, key).create(new Subresource.Call(this, request, key, options), object);
    }

    public KubeObject get(ObjectKey key) {
        var answered = Optional.ofNullable(computed.get(key.type()));
        if (answered.isPresent()) {
            return answered.get().find(key.namespace(), key.name()).orElseThrow(() -> Writer.missing(key));
        }
        var kind = stored(key.type());
        var object = committer.find(key.whole()).orElseThrow(() -> Writer.missing(key));
        return isWhole(kind, key) ? object : subresource(kind, key).view(object);
    }

    public ObjectList list(ListQuery query) {
        var answered = Optional.ofNullable(computed.get(query.type()));
        return answered.isPresent() ? lister.computed(answered.get(), query)
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
            return new Written(writer.change(job, before -> patched(job, before, patch)), false);
        }
        var sub = subresource(kind, key);
        return viewed(job, sub, owner -> sub.applied(owner, Patching.applied(kind, sub.view(owner), patch)));
    }

    private static KubeObject patched(Writer.Job job, KubeObject before, Patch patch) {
        var after = Incoming.decoded(job.kind(), Patching.applied(job.kind(), before, patch), job.strictness());
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
        var answered = Optional.ofNullable(computed.get(key.type())).filter(ComputedResource::removable);
        if (answered.isPresent()) {
            var object = get(key);
            if (!options.dryRun()) {
                answered.get().remove(key.namespace(), key.name());
            }
            return new Deleted(object, true);
        }
        var write = new WriteOptions(options.dryRun(), "", WriteOptions.DEFAULT.fieldValidation());
        return deleter.delete(new Writer.Job(stored(key.type()), request, key, write), options);
    }

    /** Deletes all that a query selects, and answers the list of it. */
    public ObjectList deleteCollection(Request request, ListQuery query, DeleteOptions options) {
        var items = new ArrayList<KubeObject>();
        var page = list(query.limit() > 0 ? query : query.withPage(DELETED_PER_PAGE, query.continueToken()));
        while (true) {
            for (var item : page.items()) {
                deleted(request, item.key(query.type()), options).ifPresent(items::add);
            }
            if (query.limit() > 0 || page.continueToken().isEmpty()) {
                return new ObjectList(items, page.resourceVersion(), page.continueToken(), page.remaining());
            }
            page = list(query.withResourceVersion("", "").withPage(DELETED_PER_PAGE, page.continueToken()));
        }
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
     * than {@code status} changes any part of it.
     */
    public KubeObject change(Request request, ObjectKey key, UnaryOperator<KubeObject> change, WriteOptions options) {
        return writer.change(new Writer.Job(stored(key.type()), request, key, options), change);
    }

    private static boolean isWhole(Kind kind, ObjectKey key) {
        return key.subresource().isEmpty() || key.subresource().equals("status") && kind.rules().hasStatus();
    }

    private static Subresource subresource(Kind kind, ObjectKey key) {
        return Optional.ofNullable(kind.subresources().get(key.subresource())).orElseThrow(Registry::notServed);
    }

    private Kind stored(ResourceType type) {
        if (computed.containsKey(type)) {
            throw new ApiException(Reason.METHOD_NOT_ALLOWED,
                    "the server does not allow this method on the requested resource");
        }
        return Optional.ofNullable(kinds.get(type)).orElseThrow(Registry::notServed);
    }

    private static ApiException notServed() {
        return new ApiException(Reason.NOT_FOUND, "the server could not find the requested resource");
    }
}
