package dev.starling.apiserver.http;

import dev.starling.apiserver.access.Attributes;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.object.FieldSelector;
import java.util.List;
import java.util.Optional;

/**
 * What a request asks for, read once from its line and headers.
 *
 * @param verb the Kubernetes verb of a request for a resource, empty for a method that no resource has; the HTTP method
 *     in lower case otherwise
 * @param tunnel whether its connection leaves HTTP for one to another server
 */
record ApiRequest(String verb, List<String> segments, Optional<ApiPath> resource, Query query, String path,
        boolean tunnel) {

    /** @throws ApiException NOT_FOUND for a path that climbs, BAD_REQUEST for a broken query */
    static ApiRequest of(Exchange exchange) {
        String path = exchange.path();
        var segments = ApiPath.segments(path).orElseThrow(() ->
                new ApiException(ApiException.Reason.NOT_FOUND, "the server could not find the requested resource"));
        var query = Query.parse(exchange.query());
        var resource = ApiPath.of(segments);
        String method = exchange.method();
        String verb = resource.map(r -> verb(method, r, query))
                .orElseGet(() -> method.toLowerCase(java.util.Locale.ROOT));
        return new ApiRequest(verb, segments, resource, query, path, false);
    }

    private static String verb(String method, ApiPath resource, Query query) {
        boolean collection = resource.name().isEmpty();
        return switch (method) {
            case "GET", "HEAD" -> !collection ? "get" : query.flag("watch") ? "watch" : "list";
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> collection ? "deletecollection" : "delete";
            default -> "";
        };
    }

    ApiRequest asTunnel() {
        return new ApiRequest(verb, segments, resource, query, path, true);
    }

    /** Watches, logs and tunnels stay open; they are counted apart. */
    boolean lasting() {
        String sub = resource.map(ApiPath::subresource).orElse("");
        return tunnel || verb.equals("watch") || sub.equals("log") && query.flag("follow")
                || sub.equals("exec") || sub.equals("attach") || sub.equals("portforward");
    }

    boolean reads() {
        return verb.equals("get") || verb.equals("list") || verb.equals("head");
    }

    /** What the authorizer is asked. A list of one name counts as about that name. */
    Attributes attributes() {
        return resource.map(r -> new Attributes(verb, r.group(), r.resource(), r.subresource(), r.namespace(),
                        r.name().isEmpty() ? selectedName() : r.name(), path, r.version()))
                .orElseGet(() -> new Attributes(verb, "", "", "", "", "", path));
    }

    private String selectedName() {
        try {
            return FieldSelector.parse(query.text("fieldSelector")).only("metadata.name").orElse("");
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
