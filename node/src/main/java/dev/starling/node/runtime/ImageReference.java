package dev.starling.node.runtime;

/** Image names as Docker completes them. */
public final class ImageReference {
    private static final String HUB = "docker.io";

    private ImageReference() {}

    /**
     * {@code nginx} becomes {@code docker.io/library/nginx:latest}. Ids ({@code sha256:…}) and names with a digest
     * keep it, and get no tag.
     */
    public static String normalise(String reference) {
        if (reference.startsWith("sha256:") || reference.matches("[0-9a-f]{64}")) {
            return reference;
        }
        int slash = reference.indexOf('/');
        String first = slash < 0 ? "" : reference.substring(0, slash);
        boolean registry = first.contains(".") || first.contains(":") || first.equals("localhost");
        String host = registry ? first : HUB;
        String path = registry ? reference.substring(slash + 1) : reference;
        if (host.equals("index.docker.io")) {
            host = HUB;
        }
        if (host.equals(HUB) && !path.contains("/")) {
            path = "library/" + path;
        }
        boolean tagged = path.contains("@") || path.substring(path.lastIndexOf('/') + 1).contains(":");
        return host + "/" + path + (tagged ? "" : ":latest");
    }
}
