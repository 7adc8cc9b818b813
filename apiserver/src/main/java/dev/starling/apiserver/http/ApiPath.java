package dev.starling.apiserver.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a path names, as Kubernetes reads paths: {@code /api/v1/namespaces/ns/pods/web/log} and
 * {@code /apis/apps/v1/deployments}. A namespace itself has its own name as namespace.
 */
record ApiPath(String group, String version, String namespace, String resource, String name, String subresource) {

    /** The decoded segments of a path; nothing for a path that climbs or has an empty or broken segment. */
    static Optional<List<String>> segments(String path) {
        var segments = new ArrayList<String>();
        String trimmed = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        if (trimmed.isEmpty()) {
            return Optional.of(List.of());
        }
        for (String raw : trimmed.substring(1).split("/", -1)) {
            var segment = decode(raw);
            if (segment.isEmpty() || segment.get().isEmpty() || segment.get().equals(".") || segment.get().equals("..")
                    || segment.get().indexOf('/') >= 0) {
                return Optional.empty();
            }
            segments.add(segment.get());
        }
        return Optional.of(List.copyOf(segments));
    }

    private static Optional<String> decode(String raw) {
        if (raw.indexOf('%') < 0) {
            return Optional.of(raw);
        }
        try {
            return Optional.of(URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Nothing for a path that names no resource. */
    static Optional<ApiPath> of(List<String> segments) {
        boolean core = !segments.isEmpty() && segments.getFirst().equals("api");
        int root = core ? 2 : 3;
        if (segments.size() <= root || !core && !segments.getFirst().equals("apis")) {
            return Optional.empty();
        }
        String group = core ? "" : segments.get(1);
        return Optional.of(below(group, segments.get(root - 1), segments.subList(root, segments.size())));
    }

    private static ApiPath below(String group, String version, List<String> rest) {
        boolean namespaces = rest.getFirst().equals("namespaces");
        boolean inside = namespaces && rest.size() > 2 && !rest.get(2).equals("status")
                && !rest.get(2).equals("finalize");
        var parts = inside ? rest.subList(2, rest.size()) : rest;
        String namespace = namespaces && rest.size() > 1 ? rest.get(1) : "";
        return new ApiPath(group, version, namespace, parts.getFirst(), part(parts, 1),
                parts.size() < 3 ? "" : String.join("/", parts.subList(2, parts.size())));
    }

    private static String part(List<String> parts, int at) {
        return at < parts.size() ? parts.get(at) : "";
    }
}
