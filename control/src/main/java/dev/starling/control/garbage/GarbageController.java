package dev.starling.control.garbage;

import dev.starling.control.custom.CustomTypes;
import dev.starling.control.garbage.Verdict.Owner;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.DeleteOptions.Propagation;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.Patch;
import dev.starling.kube.informer.Controller;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.informer.Reconciler;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.OwnerReference;
import dev.starling.kube.object.ResourceType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Deletes what no living owner holds: in the background after its owner went, in the foreground before its owner goes;
 * or lets it go where the owner's deletion says so. An owner counts as gone only when the API itself says so, because
 * an image may be late.
 */
public final class GarbageController implements Reconciler {
    private static final String OWNER = "owner";

    private record Owned(Informer informer, KubeObject object) {
        ObjectKey key() {
            return object.key(informer.type());
        }
    }

    private record Kind(String group, String name) {
        static Kind of(Informer informer) {
            return new Kind(informer.type().group(), informer.type().kind());
        }
    }

    private final Map<Kind, Informer> informers = new ConcurrentHashMap<>();
    private final Set<ResourceType> builtIn;

    private GarbageController(Collection<Informer> informers) {
        informers.forEach(informer -> this.informers.put(Kind.of(informer), informer));
        this.builtIn = informers.stream().map(Informer::type).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Wires the controller to an informer of every type whose objects own or are owned; none may be started yet.
     *
     * @param customs more of them, which come and go
     */
    public static Controller controller(KubeApi api, Collection<Informer> informers, CustomTypes customs) {
        var reconciler = new GarbageController(informers);
        var controller = new Controller("garbage", api, reconciler, List.copyOf(informers));
        informers.forEach(informer -> reconciler.listen(informer, controller));
        customs.follow(new CustomTypes.Follower() {
            @Override
            public void come(Informer informer) {
                reconciler.listen(informer, controller);
                reconciler.informers.put(Kind.of(informer), informer);
            }

            @Override
            public void gone(Informer informer) {
                reconciler.informers.remove(Kind.of(informer), informer);
            }
        });
        return controller;
    }

    private void listen(Informer informer, Controller controller) {
        informer.index(OWNER, object -> object.owners().stream().map(OwnerReference::uid).distinct().toList());
        informer.onChange((before, after) -> changed(informer, before, after, controller));
    }

    private void changed(Informer informer, Optional<KubeObject> before, Optional<KubeObject> after,
            Controller controller) {
        after.filter(object -> concerns(before, object)).ifPresent(o -> controller.enqueue(o.key(informer.type())));
        boolean replaced = before.isPresent() && after.filter(a -> a.uid().equals(before.get().uid())).isEmpty();
        if (replaced) {
            dependents(before.get()).forEach(owned -> controller.enqueue(owned.key()));
        }
        before.stream().flatMap(object -> object.owners().stream().map(owner -> find(object, owner)))
                .flatMap(Optional::stream).filter(owned -> Finalizers.waits(owned.object()))
                .forEach(owned -> controller.enqueue(owned.key()));
    }

    private static boolean concerns(Optional<KubeObject> before, KubeObject after) {
        boolean asks = Finalizers.waits(after) || Finalizers.orphans(after);
        return asks || !after.owners().isEmpty() && (before.isEmpty() || !before.get().owners().equals(after.owners()));
    }

    private List<Owned> dependents(KubeObject owner) {
        var dependents = new ArrayList<Owned>();
        for (var informer : informers.values()) {
            informer.by(OWNER, owner.uid()).forEach(object -> dependents.add(new Owned(informer, object)));
        }
        return dependents;
    }

    /** The owner that a reference means, if the image has it. */
    private Optional<Owned> find(KubeObject object, OwnerReference owner) {
        return informer(owner).flatMap(informer -> informer
                .find(informer.type().namespaced() ? object.namespace() : "", owner.name())
                .filter(found -> found.uid().equals(owner.uid())).map(found -> new Owned(informer, found)));
    }

    private Optional<Informer> informer(OwnerReference owner) {
        int slash = owner.apiVersion().indexOf('/');
        String group = slash < 0 ? "" : owner.apiVersion().substring(0, slash);
        return Optional.ofNullable(informers.get(new Kind(group, owner.kind())));
    }

    @Override
    public Outcome reconcile(ObjectKey key, KubeApi api, Instant now) {
        var following = informers.values().stream().filter(i -> i.type().equals(key.type())).findFirst();
        var found = following.flatMap(informer -> informer.find(key.namespace(), key.name()));
        if (found.isEmpty()) {
            return Outcome.done();
        }
        var informer = following.orElseThrow();
        var object = found.get();
        if (Finalizers.orphans(object)) {
            dependents(object).forEach(owned -> forget(owned, List.of(object.uid()), api));
            release(key, object, Finalizers.ORPHAN, api);
        } else if (Finalizers.waits(object)) {
            deleteFirst(key, object, api);
        } else {
            judge(new Owned(informer, object), api);
        }
        return Outcome.done();
    }

    /** Only those that say so hold their owner back. */
    private void deleteFirst(ObjectKey key, KubeObject owner, KubeApi api) {
        var blocking = dependents(owner).stream().filter(owned -> owned.object().owners().stream()
                .anyMatch(r -> r.uid().equals(owner.uid()) && r.blockOwnerDeletion())).toList();
        if (blocking.isEmpty()) {
            release(key, owner, Finalizers.FOREGROUND, api);
        } else {
            blocking.forEach(owned -> judge(owned, api));
        }
    }

    private void judge(Owned owned, KubeApi api) {
        var object = owned.object();
        var owners = object.owners().stream().map(owner -> state(object, owner, api)).toList();
        switch (Verdict.of(object, owners, !dependents(object).isEmpty())) {
            case Verdict.Keep k -> { }
            case Verdict.Forget(var uids) -> forget(owned, uids, api);
            case Verdict.Delete(var propagation) when propagation == Propagation.FOREGROUND && closesCircle(object) ->
                    unblock(owned, api);
            case Verdict.Delete(var propagation) -> quietly(() -> api.delete(owned.key(), DeleteOptions.DEFAULT
                    .withPropagation(propagation).withUid(object.uid())
                    .withResourceVersion(object.resourceVersion())));
        }
    }

    /**
     * Whether something that this object owns waits already, while this object would hold back its own owner: all of
     * them would wait for each other (source: the garbage collector of Kubernetes).
     */
    private boolean closesCircle(KubeObject object) {
        return object.owners().stream().anyMatch(OwnerReference::blockOwnerDeletion)
                && dependents(object).stream().anyMatch(owned -> Finalizers.waits(owned.object()));
    }

    private static void unblock(Owned owned, KubeApi api) {
        var object = owned.object();
        var references = object.metadata().array("ownerReferences").objects().stream()
                .map(owner -> owner.with("blockOwnerDeletion", Json.of(false))).toList();
        quietly(() -> api.patch(owned.key(), new Patch.Merge(JsonObject.of("metadata", JsonObject.of(
                "resourceVersion", object.resourceVersion(), "ownerReferences", JsonArray.of(references))))));
    }

    /**
     * An owner of a type that is not served here is taken for living: nobody can say that it is not. So is one in some
     * namespace that a cluster-scoped object names (source: upstream documentation, "Owners and Dependents").
     */
    private Owner state(KubeObject object, OwnerReference owner, KubeApi api) {
        var informer = informer(owner);
        if (informer.isEmpty() || informer.get().type().namespaced() && object.namespace().isEmpty()) {
            return Owner.LIVING;
        }
        var seen = find(object, owner);
        if (seen.isPresent()) {
            return Finalizers.waits(seen.get().object()) ? Owner.WAITING : Owner.LIVING;
        }
        var type = informer.get().type();
        try {
            var present = api.get(type.key(type.namespaced() ? object.namespace() : "", owner.name()));
            return present.uid().equals(owner.uid()) ? Owner.LIVING : Owner.GONE;
        } catch (ApiException e) {
            if (e.is(Reason.NOT_FOUND)) {
                return Owner.GONE;
            }
            throw e;
        }
    }

    /** Custom kinds know no patches by key: there the list is replaced, if the object still is as it was seen. */
    private void forget(Owned owned, List<String> uids, KubeApi api) {
        if (!builtIn.contains(owned.informer().type())) {
            var kept = owned.object().metadata().array("ownerReferences").objects().stream()
                    .filter(owner -> !uids.contains(owner.text("uid"))).toList();
            quietly(() -> api.patch(owned.key(), new Patch.Merge(JsonObject.of("metadata", JsonObject.of(
                    "resourceVersion", owned.object().resourceVersion(), "ownerReferences", JsonArray.of(kept))))));
            return;
        }
        var references = JsonArray.of(uids.stream()
                .map(uid -> (Json) JsonObject.of("$patch", "delete", "uid", uid)).toList());
        quietly(() -> api.patch(owned.key(), new Patch.Strategic(JsonObject.of("metadata",
                JsonObject.of("uid", owned.object().uid(), "ownerReferences", references)))));
    }

    /** The list of finalizers is replaced only if the object still is as it was seen. */
    private static void release(ObjectKey key, KubeObject object, String finalizer, KubeApi api) {
        var kept = object.finalizers().stream().filter(f -> !f.equals(finalizer)).toList();
        quietly(() -> api.patch(key, new Patch.Merge(JsonObject.of("metadata", JsonObject.of(
                "resourceVersion", object.resourceVersion(), "finalizers", JsonArray.strings(kept))))));
    }

    private static void quietly(Runnable write) {
        try {
            write.run();
        } catch (ApiException e) {
            if (!e.is(Reason.NOT_FOUND)) {
                throw e;
            }
        }
    }
}
