package dev.starling.apiserver.table;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The rows of roles and of their bindings. */
final class RoleLayouts {
    static final Layout ROLE = Layout.of(List.of(Column.objectName(),
            new Column("Created At", "date", "", 0, "CreationTimestamp is the time at which the object was created.")),
            (object, now) -> List.of(object.name(), object.metadata().text("creationTimestamp")));

    static final Layout BINDING = Layout.of(List.of(Column.objectName(), Column.text("Role"), Column.age(),
            Column.text("Users").wide(), Column.text("Groups").wide(), Column.text("ServiceAccounts").wide()),
            (object, now) -> List.of(object.name(), role(object), Cell.age(object, now),
                    subjects(object, "User", subject -> subject.text("name")),
                    subjects(object, "Group", subject -> subject.text("name")),
                    subjects(object, "ServiceAccount",
                            subject -> subject.text("namespace") + "/" + subject.text("name"))));

    private RoleLayouts() {
    }

    private static String role(KubeObject binding) {
        return binding.tree().text("roleRef", "kind") + "/" + binding.tree().text("roleRef", "name");
    }

    private static String subjects(KubeObject binding, String kind, Function<JsonObject, String> text) {
        return binding.tree().array("subjects").objects().stream()
                .filter(subject -> subject.text("kind").equals(kind)).map(text).collect(Collectors.joining(", "));
    }
}
