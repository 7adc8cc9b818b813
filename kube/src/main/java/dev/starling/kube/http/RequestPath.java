package dev.starling.kube.http;

import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.WatchQuery;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Builds the path and query of a request. Not thread-safe. */
final class RequestPath {
    private final StringBuilder text;
    private char separator = '?';

    private RequestPath(String path) {
        text = new StringBuilder(path);
    }

    static RequestPath collection(ResourceType type, String namespace) {
        return new RequestPath(type.rootPath() + (namespace.isEmpty() ? "" : "/namespaces/" + encoded(namespace))
                + "/" + type.plural());
    }

    static RequestPath of(ObjectKey key) {
        var path = collection(key.type(), key.namespace());
        if (!key.name().isEmpty()) {
            path.text.append('/').append(encoded(key.name()));
        }
        if (!key.subresource().isEmpty()) {
            path.text.append('/').append(key.subresource());
        }
        return path;
    }

    /** Where an object is created: the collection, or a subresource of the object. */
    static RequestPath toCreate(ObjectKey key) {
        return key.subresource().isEmpty() ? collection(key.type(), key.namespace()) : of(key);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    RequestPath with(String name, String value) {
        if (!value.isEmpty()) {
            text.append(separator).append(name).append('=').append(encoded(value));
            separator = '&';
        }
        return this;
    }

    RequestPath with(WriteOptions options) {
        return with("dryRun", options.dryRun() ? "All" : "").with("fieldManager", options.fieldManager())
                .with("fieldValidation", options.fieldValidation().text());
    }

    RequestPath with(ListQuery query) {
        return with("labelSelector", query.labels().toString()).with("fieldSelector", query.fields().toString())
                .with("limit", query.limit() > 0 ? Integer.toString(query.limit()) : "")
                .with("continue", query.continueToken()).with("resourceVersion", query.resourceVersion())
                .with("resourceVersionMatch", query.match());
    }

    RequestPath with(WatchQuery query) {
        return with("watch", "true").with("labelSelector", query.labels().toString())
                .with("fieldSelector", query.fields().toString()).with("resourceVersion", query.resourceVersion())
                .with("allowWatchBookmarks", query.bookmarks() ? "true" : "")
                .with("sendInitialEvents", initial(query.initial()))
                .with("resourceVersionMatch",
                        query.initial() == WatchQuery.Initial.UNSET ? "" : "NotOlderThan");
    }

    private static String initial(WatchQuery.Initial initial) {
        return switch (initial) {
            case UNSET -> "";
            case SEND -> "true";
            case OMIT -> "false";
        };
    }

    /** The body of a deletion. */
    static JsonObject body(DeleteOptions options) {
        var body = JsonObject.builder().put("kind", "DeleteOptions").put("apiVersion", "v1");
        options.gracePeriodSeconds().ifPresent(seconds -> body.put("gracePeriodSeconds", seconds));
        options.propagation().ifPresent(policy -> body.put("propagationPolicy", policy.text()));
        var conditions = JsonObject.builder();
        options.uid().ifPresent(uid -> conditions.put("uid", uid));
        options.resourceVersion().ifPresent(version -> conditions.put("resourceVersion", version));
        var built = conditions.build();
        if (!built.isEmpty()) {
            body.put("preconditions", built);
        }
        if (options.dryRun()) {
            body.put("dryRun", java.util.List.of("All"));
        }
        return body.build();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
