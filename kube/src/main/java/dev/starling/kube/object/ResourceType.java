package dev.starling.kube.object;

/**
 * One resource of the API: {@code apps/v1 deployments}, whose objects are of kind {@code Deployment}. The group of
 * the core API is the empty string. Two types are equal when group, version and plural are.
 */
public record ResourceType(String group, String version, String plural, String kind, boolean namespaced) {

    /** {@code v1} or {@code apps/v1}. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** {@code pods} or {@code deployments.apps}, as messages name a resource. */
    public String qualifiedPlural() {
        return group.isEmpty() ? plural : plural + "." + group;
    }

    /** The path of the collection's parent: {@code /api/v1} or {@code /apis/apps/v1}. */
    public String rootPath() {
        return group.isEmpty() ? "/api/" + version : "/apis/" + group + "/" + version;
    }

    /** The key of one object of this type; the namespace is empty for cluster-scoped types. */
    public ObjectKey key(String namespace, String name) {
        return new ObjectKey(this, namespace, name, "");
    }

    /** The key of one object of a cluster-scoped type. */
    public ObjectKey key(String name) {
        return new ObjectKey(this, "", name, "");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ResourceType that && plural.equals(that.plural)
                && group.equals(that.group) && version.equals(that.version);
    }

    @Override
    public int hashCode() {
        return plural.hashCode() * 31 + group.hashCode();
    }

    @Override
    public String toString() {
        return qualifiedPlural() + "/" + version;
    }
}
