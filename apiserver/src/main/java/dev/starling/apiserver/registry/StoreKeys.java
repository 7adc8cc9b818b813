package dev.starling.apiserver.registry;

import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;

/** Where objects lie in the store: {@code <group>/<plural>/<namespace>/<name>}, without version. */
public final class StoreKeys {
    private StoreKeys() {
    }

    /** All objects of a type. The core group, which has no name, is {@code core}: no other group lacks a dot so. */
    static String typePrefix(ResourceType type) {
        return (type.group().isEmpty() ? "core" : type.group()) + "/" + type.plural() + "/";
    }

    /** All objects of a type in a namespace, or for the empty text in all. */
    public static String prefix(ResourceType type, String namespace) {
        return namespace.isEmpty() ? typePrefix(type) : typePrefix(type) + namespace + "/";
    }

    static String key(ObjectKey key) {
        return prefix(key.type(), key.namespace()) + key.name();
    }
}
