package dev.starling.apiserver.table;

import static dev.starling.apiserver.table.Cell.age;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The rows of controllers of pods that are not the everyday ones, and of what belongs to controllers. */
final class ControllerLayouts {
    private static final Column CONTAINERS = Column.text("Containers");
    private static final Column IMAGES = Column.text("Images");

    static final Layout STATEFUL_SET = Layout.of(List.of(Column.objectName(), Column.text("Ready"), Column.age(),
            CONTAINERS.wide(), IMAGES.wide()), (object, now) -> List.of(object.name(),
            number(object.status(), "readyReplicas") + "/" + number(object.spec(), "replicas"), age(object, now),
            each(object.spec(), "name"), each(object.spec(), "image")));

    static final Layout DAEMON_SET = Layout.of(List.of(Column.objectName(), Column.number("Desired"),
            Column.number("Current"), Column.number("Ready"), Column.number("Up-to-date"),
            Column.number("Available"), Column.text("Node Selector"), Column.age(), CONTAINERS.wide(), IMAGES.wide(),
            Column.text("Selector").wide()), (object, now) -> {
        var status = object.status();
        return List.of(object.name(), number(status, "desiredNumberScheduled"),
                number(status, "currentNumberScheduled"), number(status, "numberReady"),
                number(status, "updatedNumberScheduled"), number(status, "numberAvailable"),
                Cell.labels(object.spec().object("template", "spec", "nodeSelector")), age(object, now),
                each(object.spec(), "name"), each(object.spec(), "image"),
                Cell.selector(object.spec().object("selector")));
    });

    static final Layout REPLICATION_CONTROLLER = Layout.of(List.of(Column.objectName(), Column.number("Desired"),
            Column.number("Current"), Column.number("Ready"), Column.age(), CONTAINERS.wide(), IMAGES.wide(),
            Column.text("Selector").wide()), (object, now) -> List.of(object.name(),
            number(object.spec(), "replicas"), number(object.status(), "replicas"),
            number(object.status(), "readyReplicas"), age(object, now), each(object.spec(), "name"),
            each(object.spec(), "image"), Cell.labels(object.spec().object("selector"))));

    static final Layout POD_TEMPLATE = Layout.of(List.of(Column.objectName(), CONTAINERS, IMAGES,
            Column.text("Pod Labels")), (object, now) -> List.of(object.name(), each(object.tree(), "name"),
            each(object.tree(), "image"), Cell.labels(object.tree().object("template", "metadata", "labels"))));

    static final Layout REVISION = Layout.of(List.of(Column.objectName(), Column.text("Controller"),
            Column.text("Revision"), Column.age()), (object, now) -> List.of(object.name(), controller(object),
            number(object.tree(), "revision"), age(object, now)));

    static final Layout DISRUPTION_BUDGET = Layout.of(List.of(Column.objectName(), Column.text("Min Available"),
            Column.text("Max Unavailable"), Column.number("Allowed Disruptions"), Column.age()), (object, now) ->
            List.of(object.name(), amount(object.spec().at("minAvailable")),
                    amount(object.spec().at("maxUnavailable")), number(object.status(), "disruptionsAllowed"),
                    age(object, now)));

    /** Of every kind that scales, of a custom one too. */
    static final Layout SCALE = Layout.of(List.of(Column.objectName(), Column.number("Desired"),
            Column.number("Available"), Column.age()), (object, now) -> List.of(object.name(),
            number(object.spec(), "replicas"), number(object.status(), "replicas"), age(object, now)));

    private ControllerLayouts() {
    }

    private static long number(JsonObject json, String field) {
        return json.at(field).number(0);
    }

    private static String each(JsonObject owner, String field) {
        Function<JsonObject, String> text = container -> container.text(field);
        return owner.array("template", "spec", "containers").objects().stream().map(text)
                .collect(Collectors.joining(","));
    }

    private static String amount(Json amount) {
        return amount.isNull() ? "N/A" : amount.text().isEmpty() ? Long.toString(amount.number(0)) : amount.text();
    }

    private static String controller(KubeObject revision) {
        return revision.metadata().array("ownerReferences").objects().stream()
                .filter(owner -> owner.flag("controller")).findFirst().map(ControllerLayouts::named)
                .orElse(Cell.NONE);
    }

    private static String named(JsonObject owner) {
        String version = owner.text("apiVersion");
        String group = version.contains("/") ? "." + version.substring(0, version.indexOf('/')) : "";
        return (owner.text("kind") + group).toLowerCase(Locale.ROOT) + "/" + owner.text("name");
    }
}
