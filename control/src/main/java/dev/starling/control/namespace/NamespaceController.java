package dev.starling.control.namespace;

import dev.starling.control.workload.Change;
import dev.starling.control.workload.Conditions;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.DeleteOptions.Propagation;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.informer.Controller;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.informer.Reconciler;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Supplier;

/**
 * Deletes what is in a namespace that is being deleted, then lets the namespace go. It reads the API itself, not an
 * image, because a namespace may go only when nothing is left for certain; and it does so rarely.
 */
public final class NamespaceController implements Reconciler {
    private static final String FINALIZER = "kubernetes";
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final Informer namespaces;
    private final Supplier<List<ResourceType>> types;

    private NamespaceController(Informer namespaces, Supplier<List<ResourceType>> types) {
        this.namespaces = namespaces;
        this.types = types;
    }

    /**
     * Wires the controller to its informer, which may not be started yet.
     *
     * @param types all stored types that are served now
     */
    public static Controller controller(KubeApi api, Informer namespaces, Supplier<List<ResourceType>> types) {
        var controller = new Controller("namespace", api, new NamespaceController(namespaces, types),
                List.of(namespaces));
        namespaces.onChange((before, after) -> after.filter(KubeObject::deleting)
                .ifPresent(namespace -> controller.enqueue(namespace.key(Kinds.NAMESPACES))));
        return controller;
    }

    @Override
    public Outcome reconcile(ObjectKey key, KubeApi api, Instant now) {
        var found = namespaces.find("", key.name()).filter(KubeObject::deleting);
        if (found.isEmpty() || !found.get().spec().array("finalizers").texts().contains(FINALIZER)) {
            return Outcome.done();
        }
        var namespace = found.get();
        var remains = empty(key.name(), api);
        var conditions = remains.told(Conditions.of(namespace.status()), now);
        var status = namespace.status().with("conditions", conditions.list());
        Change.ofStatus(namespace.status(), status).ifPresent(patch -> api.patch(key.sub("status"), patch));
        if (!remains.none()) {
            var waited = Duration.between(namespace.deletionTimestamp().orElse(now), now).dividedBy(2);
            var pause = waited.compareTo(FIRST_PAUSE) < 0 ? FIRST_PAUSE : waited;
            return Outcome.again(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
        }
        finish(key, api);
        return Outcome.done();
    }

    /** Deletes the pods first, so that they never run without what guards them; then all the rest (KEP-5080). */
    private Remains empty(String namespace, KubeApi api) {
        var pods = empty(namespace, List.of(Kinds.PODS), api);
        return pods.none() ? empty(namespace, types.get().stream().filter(ResourceType::namespaced).toList(), api)
                : pods;
    }

    /** Deletes all that is not being deleted yet, and says what is still there afterwards. */
    private static Remains empty(String namespace, List<ResourceType> types, KubeApi api) {
        var left = new LinkedHashMap<String, Collection<KubeObject>>();
        var refusals = new ArrayList<String>();
        for (var type : types) {
            var found = api.list(ListQuery.in(type, namespace)).items();
            found.stream().filter(object -> !object.deleting()).forEach(object -> delete(object, type, api, refusals));
            if (!found.isEmpty()) {
                left.put(type.plural() + "." + type.group(), api.list(ListQuery.in(type, namespace)).items());
            }
        }
        return Remains.of(left, refusals);
    }

    private static void delete(KubeObject object, ResourceType type, KubeApi api, List<String> refusals) {
        try {
            api.delete(object.key(type),
                    DeleteOptions.DEFAULT.withPropagation(Propagation.BACKGROUND).withUid(object.uid()));
        } catch (ApiException e) {
            if (!e.is(Reason.NOT_FOUND) && !e.is(Reason.CONFLICT)) {
                refusals.add(e.getMessage());
            }
        }
    }

    /** The subresource takes whole objects only: the newest one is sent back with one finalizer less. */
    private static void finish(ObjectKey key, KubeApi api) {
        try {
            var newest = api.get(key);
            var kept = newest.spec().array("finalizers").texts().stream().filter(f -> !f.equals(FINALIZER)).toList();
            api.update(key.sub("finalize"), newest.with(JsonArray.strings(kept), "spec", "finalizers"));
        } catch (ApiException e) {
            if (!e.is(Reason.NOT_FOUND)) {
                throw e;
            }
        }
    }
}
