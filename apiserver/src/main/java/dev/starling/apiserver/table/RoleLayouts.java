package dev.starling.apiserver.table;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The rows of roles, of their bindings, and of requests for certificates. */
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

    static final Layout CERTIFICATE_REQUEST = Layout.of(List.of(Column.objectName(), Column.age(),
            Column.text("SignerName"), Column.text("Requestor"), Column.text("RequestedDuration"),
            Column.text("Condition")), (object, now) -> List.of(object.name(), Cell.age(object, now),
            object.spec().text("signerName"), object.spec().text("username"),
            duration(object.spec().at("expirationSeconds").number(0)), condition(object)));

    private RoleLayouts() {
    }

    private static String duration(long seconds) {
        return seconds == 0 ? Cell.NONE : Cell.duration(Duration.ofSeconds(seconds));
    }

    private static String condition(KubeObject request) {
        var types = request.status().array("conditions").objects().stream()
                .map(condition -> condition.text("type")).collect(Collectors.joining(","));
        String judged = types.isEmpty() ? "Pending" : types;
        return request.status().text("certificate").isEmpty() ? judged : judged + ",Issued";
    }

    private static String role(KubeObject binding) {
        return binding.tree().text("roleRef", "kind") + "/" + binding.tree().text("roleRef", "name");
    }

    private static String subjects(KubeObject binding, String kind, Function<JsonObject, String> text) {
        return binding.tree().array("subjects").objects().stream()
                .filter(subject -> subject.text("kind").equals(kind)).map(text).collect(Collectors.joining(", "));
    }
}
