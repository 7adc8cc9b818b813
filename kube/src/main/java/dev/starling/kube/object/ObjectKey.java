package dev.starling.kube.object;

/**
 * Names one object, or a subresource of it. The namespace is empty for cluster-scoped types; the name is empty only
 * in a request that creates an object with {@code generateName}; the subresource is empty for the object itself.
 */
public record ObjectKey(ResourceType type, String namespace, String name, String subresource) {

    public ObjectKey {
        if (!type.namespaced() && !namespace.isEmpty()) {
            throw new IllegalArgumentException(type + " is cluster-scoped, but was given namespace " + namespace);
        }
    }

    /** The key of a subresource of this object: {@code status}, {@code scale}, {@code binding}, … */
    public ObjectKey sub(String subresource) {
        return new ObjectKey(type, namespace, name, subresource);
    }

    /** The key of the object itself. */
    public ObjectKey whole() {
        return subresource.isEmpty() ? this : new ObjectKey(type, namespace, name, "");
    }

    /** {@code namespace/name}, or the name alone for cluster-scoped objects. */
    public String namespacedName() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }

    @Override
    public String toString() {
        return type.qualifiedPlural() + " " + namespacedName() + (subresource.isEmpty() ? "" : "/" + subresource);
    }
}
