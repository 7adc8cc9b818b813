package dev.starling.apiserver.cel;

/**
 * What an expression asks an authorizer about: a path, or a resource.
 *
 * @param user {@code namespace:name} of a service account to ask for; empty for who makes the request
 */
public record Ask(Authorizing authorizing, String user, String path, Resource resource, String verb) {
    /** The resource part; all empty for a path. */
    public record Resource(String group, String resource, String subresource, String namespace, String name) {
        static final Resource NONE = new Resource("", "", "", "", "");
    }

    /** A question about one resource, whose verb the expression adds. */
    public static Ask about(Authorizing authorizing, Resource resource) {
        return new Ask(authorizing, "", "", resource, "");
    }

    Ask with(Resource other) {
        return new Ask(authorizing, user, path, other, verb);
    }

    Ask withVerb(String other) {
        return new Ask(authorizing, user, path, resource, other);
    }
}
