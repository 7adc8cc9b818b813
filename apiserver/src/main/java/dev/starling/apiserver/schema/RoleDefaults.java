package dev.starling.apiserver.schema;

import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;

/** The API groups that a binding of roles need not name. */
final class RoleDefaults {
    private static final JsonString GROUP = new JsonString("rbac.authorization.k8s.io");

    private RoleDefaults() {
    }

    static JsonObject binding(JsonObject binding) {
        var subjects = binding.array("subjects").objects().stream().map(RoleDefaults::subject).toList();
        JsonObject filled = subjects.isEmpty() ? binding : binding.with("subjects", JsonArray.of(subjects));
        JsonObject role = binding.object("roleRef");
        return role.text("apiGroup").isEmpty() ? filled.with("roleRef", role.with("apiGroup", GROUP)) : filled;
    }

    /** Service accounts are of the core group, which has no name. */
    private static JsonObject subject(JsonObject subject) {
        boolean ofGroup = subject.text("kind").equals("User") || subject.text("kind").equals("Group");
        return ofGroup && subject.text("apiGroup").isEmpty() ? subject.with("apiGroup", GROUP) : subject;
    }
}
