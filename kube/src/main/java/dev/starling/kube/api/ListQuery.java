package dev.starling.kube.api;

import dev.starling.kube.object.FieldSelector;
import dev.starling.kube.object.LabelSelector;
import dev.starling.kube.object.ResourceType;

/**
 * Which objects to list.
 *
 * @param namespace empty for all namespaces
 * @param limit the most objects of one page; 0 for all
 * @param continueToken of the page before; empty for the first page
 * @param resourceVersion empty for the newest state; otherwise as {@code match} says
 * @param match {@code Exact}, {@code NotOlderThan}, or empty
 */
public record ListQuery(ResourceType type, String namespace, LabelSelector labels, FieldSelector fields,
        int limit, String continueToken, String resourceVersion, String match) {

    public static ListQuery all(ResourceType type) {
        return in(type, "");
    }

    public static ListQuery in(ResourceType type, String namespace) {
        return new ListQuery(type, namespace, LabelSelector.ALL, FieldSelector.ALL, 0, "", "", "");
    }

    public ListQuery with(LabelSelector selector) {
        return new ListQuery(type, namespace, selector, fields, limit, continueToken, resourceVersion, match);
    }

    public ListQuery with(FieldSelector selector) {
        return new ListQuery(type, namespace, labels, selector, limit, continueToken, resourceVersion, match);
    }

    public ListQuery withPage(int limit, String continueToken) {
        return new ListQuery(type, namespace, labels, fields, limit, continueToken, resourceVersion, match);
    }

    public ListQuery withResourceVersion(String version, String match) {
        return new ListQuery(type, namespace, labels, fields, limit, continueToken, version, match);
    }
}
