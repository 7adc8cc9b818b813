package dev.starling.apiserver.registry;

import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.ObjectList;
import dev.starling.kube.api.Patch;
import dev.starling.kube.api.Watch;
import dev.starling.kube.api.WatchQuery;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The one write path of all kinds, built-in or custom: decode, default, admit, validate, commit by compare-and-set.
 * Every method may be called from any thread and is refused with an {@link dev.starling.kube.api.ApiException};
 * writes return once they are durable.
 */
public final class Registry {

    public Registry(RegistryParts parts) {
    }

    /** What is served, in discovery's order. */
    public List<ServedResource> served() {
        throw new UnsupportedOperationException();
    }

    /** The resource of a path; the group of the core API is empty. */
    public Optional<ServedResource> served(String group, String version, String plural) {
        throw new UnsupportedOperationException();
    }

    /** The newest state, for rules and for whoever authenticates. */
    public ObjectReader reader() {
        throw new UnsupportedOperationException();
    }

    /** Creates an object or acts by a subresource; HTTP answers 201. The kind {@code Status} is an answer, too. */
    public KubeObject create(Request request, ObjectKey key, KubeObject object, WriteOptions options) {
        throw new UnsupportedOperationException();
    }

    public KubeObject get(ObjectKey key) {
        throw new UnsupportedOperationException();
    }

    public ObjectList list(ListQuery query) {
        throw new UnsupportedOperationException();
    }

    public Watch watch(WatchQuery query) {
        throw new UnsupportedOperationException();
    }

    public Written update(Request request, ObjectKey key, KubeObject object, WriteOptions options) {
        throw new UnsupportedOperationException();
    }

    public Written patch(Request request, ObjectKey key, Patch patch, WriteOptions options) {
        throw new UnsupportedOperationException();
    }

    public Deleted delete(Request request, ObjectKey key, DeleteOptions options) {
        throw new UnsupportedOperationException();
    }

    /** Deletes all that a query selects, and answers the list of it. */
    public ObjectList deleteCollection(Request request, ListQuery query, DeleteOptions options) {
        throw new UnsupportedOperationException();
    }

    /** Changes an object by the main write path, again from the newest state when another write was faster. */
    public KubeObject change(Request request, ObjectKey key, UnaryOperator<KubeObject> change, WriteOptions options) {
        throw new UnsupportedOperationException();
    }
}
