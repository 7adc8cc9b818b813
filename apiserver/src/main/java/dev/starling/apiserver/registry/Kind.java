package dev.starling.apiserver.registry;

import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import dev.starling.store.Entry;
import java.util.Map;

/**
 * All that makes one stored kind in one version: its discovery entry, its schema, its few rules, and the subresources
 * that are more than a view of the object. {@code status} is no entry here: {@link KindRules#hasStatus} tells of it.
 * Several kinds with the same storage are versions of one.
 */
public record Kind(ServedResource served, KindSchema schema, KindRules rules, Map<String, Subresource> subresources,
        Storage storage) implements Resource {
    public Kind {
        subresources = Map.copyOf(subresources);
    }

    /**
     * Where and in which version the objects lie.
     *
     * @param type its group and plural name the place in the store; another version of the kind names the same
     */
    public record Storage(ResourceType type, Conversion conversion) {
    }

    /** A kind with an open schema that is stored as it is served. */
    public static Kind of(ServedResource served, KindRules rules) {
        return new Kind(served, KindSchema.OPEN, rules, Map.of(), new Storage(served.type(), Conversion.NONE));
    }

    public Kind with(KindSchema other) {
        return new Kind(served, other, rules, subresources, storage);
    }

    public Kind with(Map<String, Subresource> others) {
        return new Kind(served, schema, rules, others, storage);
    }

    public Kind with(Storage other) {
        return new Kind(served, schema, rules, subresources, other);
    }

    public ResourceType type() {
        return served.type();
    }

    /** Where an object lies in the store. */
    String storeKey(ObjectKey key) {
        return StoreKeys.key(storage.type().key(key.namespace(), key.name()));
    }

    /** What lies in the store, as this version shows it. */
    Entry<KubeObject> shown(Entry<KubeObject> entry) {
        var value = storage.conversion().served(entry.value());
        return value == entry.value() ? entry
                : new Entry<>(entry.key(), value, entry.createRevision(), entry.revision());
    }
}
