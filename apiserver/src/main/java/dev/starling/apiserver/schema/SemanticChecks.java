package dev.starling.apiserver.schema;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.ResourceType;
import java.util.List;

/** What a schema cannot say of a kind's objects. Pure. */
public interface SemanticChecks {
    /** Finds nothing wrong. */
    SemanticChecks NONE = new SemanticChecks() {
    };

    /** What is wrong with an object as it would be stored, at its creation or after an update. */
    default List<FieldError> errors(ResourceType type, JsonObject object) {
        return List.of();
    }

    /** What is wrong with an object as an update stores it; costly checks may leave out what did not change. */
    default List<FieldError> errorsAfter(ResourceType type, JsonObject before, JsonObject after) {
        return errors(type, after);
    }

    /** What is wrong with the change itself: fields that may not change any more. */
    default List<FieldError> updateErrors(ResourceType type, JsonObject before, JsonObject after) {
        return List.of();
    }
}
