package dev.starling.apiserver.registry;

import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.List;

/**
 * A subresource that shows the whole object, and by which some of its fields are changed that are fixed otherwise:
 * {@code ephemeralcontainers} and {@code resize} of pods. All methods are pure.
 */
public interface Part {

    /** The object with these fields of a wanted one; all else, metadata included, stays. */
    KubeObject merged(KubeObject before, KubeObject wanted);

    /** What of an applied {@code spec} this subresource can change. */
    JsonObject reached(JsonObject spec);

    /** What is wrong with a change, beside what is wrong with the object. */
    List<Cause> violations(KubeObject before, KubeObject after);
}
