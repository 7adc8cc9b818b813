package dev.starling.apiserver.access;

/**
 * What a request wants to do: with a resource, or, where the resource is empty, with a path.
 *
 * @param namespace empty at the cluster scope
 * @param name empty for a collection
 * @param version of the API group; may be empty, and no rule depends on it
 */
public record Attributes(String verb, String group, String resource, String subresource, String namespace,
        String name, String path, String version) {

    /** A request whose version does not matter. */
    public Attributes(String verb, String group, String resource, String subresource, String namespace, String name,
            String path) {
        this(verb, group, resource, subresource, namespace, name, path, "");
    }

    public boolean forResource() {
        return !resource.isEmpty();
    }

    /** {@code pods} or {@code pods/log}. */
    public String fullResource() {
        return subresource.isEmpty() ? resource : resource + "/" + subresource;
    }
}
