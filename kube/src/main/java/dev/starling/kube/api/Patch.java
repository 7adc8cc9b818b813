package dev.starling.kube.api;

import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;

/** The four ways to change a part of an object. */
public sealed interface Patch {

    /** RFC 6902: {@code application/json-patch+json}. */
    record JsonPatch(JsonArray operations) implements Patch {
    }

    /** RFC 7396: {@code application/merge-patch+json}. */
    record Merge(JsonObject change) implements Patch {
    }

    /** Kubernetes' own: {@code application/strategic-merge-patch+json}; lists merge by key. */
    record Strategic(JsonObject change) implements Patch {
    }

    /** Server-side apply: {@code application/apply-patch+yaml}; creates the object if there is none. */
    record Apply(JsonObject object, boolean force) implements Patch {
    }

    /** The media type by which HTTP tells the kind of patch. */
    default String mediaType() {
        return switch (this) {
            case JsonPatch p -> "application/json-patch+json";
            case Merge p -> "application/merge-patch+json";
            case Strategic p -> "application/strategic-merge-patch+json";
            case Apply p -> "application/apply-patch+yaml";
        };
    }
}
