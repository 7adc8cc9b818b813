package dev.starling.apiserver.table;

import static dev.starling.apiserver.table.Cell.age;

import dev.starling.apiserver.versions.EventVersions;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** The rows of nodes, namespaces, events, leases and configuration. */
final class ClusterLayouts {
    private static final String ROLE_PREFIX = "node-role.kubernetes.io/";

    static final Layout NODE = Layout.of(List.of(Column.objectName(), Column.text("Status"), Column.text("Roles"),
            Column.age(), Column.text("Version"), Column.text("Internal-IP").wide(),
            Column.text("External-IP").wide(), Column.text("OS-Image").wide(), Column.text("Kernel-Version").wide(),
            Column.text("Container-Runtime").wide()), (object, now) -> {
        var system = object.status().object("nodeInfo");
        return List.of(object.name(), nodeStatus(object), roles(object), age(object, now),
                system.text("kubeletVersion"), address(object, "InternalIP"), address(object, "ExternalIP"),
                known(system, "osImage"), known(system, "kernelVersion"), known(system, "containerRuntimeVersion"));
    });

    static final Layout NAMESPACE = Layout.of(List.of(Column.objectName(), Column.text("Status"), Column.age()),
            (object, now) -> List.of(object.name(), object.status().text("phase"), age(object, now)));

    static final Layout CONFIG_MAP = Layout.of(List.of(Column.objectName(), Column.text("Data"), Column.age()),
            (object, now) -> List.of(object.name(), object.tree().object("data").size()
                    + object.tree().object("binaryData").size(), age(object, now)));

    static final Layout SECRET = Layout.of(List.of(Column.objectName(), Column.text("Type"), Column.text("Data"),
            Column.age()), (object, now) -> List.of(object.name(), object.tree().text("type"),
            object.tree().object("data").size(), age(object, now)));

    static final Layout SERVICE_ACCOUNT = Layout.of(List.of(Column.objectName(), Column.text("Secrets"),
            Column.age()), (object, now) -> List.of(object.name(), object.tree().array("secrets").size(),
            age(object, now)));

    static final Layout LEASE = Layout.of(List.of(Column.objectName(), Column.text("Holder"), Column.age()),
            (object, now) -> List.of(object.name(), object.spec().text("holderIdentity"), age(object, now)));

    static final Layout RUNTIME_CLASS = Layout.of(List.of(Column.objectName(), Column.text("Handler"), Column.age()),
            (object, now) -> List.of(object.name(), object.tree().text("handler"), age(object, now)));

    static final Layout FARGATE_PROFILE = Layout.of(List.of(Column.objectName(), Column.text("Selectors"),
            Column.age()), (object, now) -> List.of(object.name(), Cell.joined(object.spec().array("selectors")
            .objects().stream().map(ClusterLayouts::selector).toList()), age(object, now)));

    static final Layout EVENT = Layout.of(List.of(Column.text("Last Seen"), Column.text("Type"),
            Column.text("Reason"), Column.text("Object"), Column.text("Subobject").wide(),
            Column.text("Source").wide(), Column.text("Message"), Column.text("First Seen").wide(),
            Column.text("Count").wide(), Column.objectName().wide()), ClusterLayouts::event);

    static final Layout EVENT_V1 = Layout.of(EVENT.columns(), (object, now) ->
            EVENT.cells(KubeObject.of(EventVersions.core(object.tree())), now));

    private ClusterLayouts() {
    }

    private static String selector(JsonObject selector) {
        var labels = selector.object("labels").texts();
        return selector.text("namespace") + (labels.isEmpty() ? "" : labels.toString());
    }

    private static String nodeStatus(KubeObject node) {
        String ready = node.status().array("conditions").objects().stream()
                .filter(condition -> condition.text("type").equals("Ready"))
                .map(condition -> condition.text("status").equals("True") ? "Ready" : "NotReady")
                .findFirst().orElse("Unknown");
        return node.spec().flag("unschedulable") ? ready + ",SchedulingDisabled" : ready;
    }

    private static String roles(KubeObject node) {
        var roles = new TreeSet<String>();
        node.labels().forEach((label, value) -> {
            if (label.startsWith(ROLE_PREFIX) && label.length() > ROLE_PREFIX.length()) {
                roles.add(label.substring(ROLE_PREFIX.length()));
            } else if (label.equals("kubernetes.io/role") && !value.isEmpty()) {
                roles.add(value);
            }
        });
        return Cell.joined(roles);
    }

    private static String address(KubeObject node, String type) {
        return Cell.orNone(node.status().array("addresses").objects().stream()
                .filter(address -> address.text("type").equals(type))
                .map(address -> address.text("address")).findFirst().orElse(""));
    }

    private static String known(JsonObject system, String field) {
        return system.text(field).isEmpty() ? Cell.UNKNOWN : system.text(field);
    }

    private static List<Object> event(KubeObject event, Instant now) {
        var tree = event.tree();
        var series = tree.object("series");
        var first = Times.parse(tree.text("firstTimestamp")).or(() -> Times.parse(tree.text("eventTime")));
        var last = Times.parse(series.text("lastObservedTime")).or(() -> Times.parse(tree.text("lastTimestamp")))
                .or(() -> first);
        long count = series.isEmpty() ? Math.max(tree.at("count").number(1), 1) : series.at("count").number(1);
        var about = tree.object("involvedObject");
        String kind = about.text("kind").toLowerCase(Locale.ROOT);
        return List.of(Cell.since(last, now), tree.text("type"), tree.text("reason"),
                about.text("name").isEmpty() ? kind : kind + "/" + about.text("name"), about.text("fieldPath"),
                source(tree), tree.text("message").strip(), Cell.since(first, now), count, event.name());
    }

    private static String source(JsonObject event) {
        String component = event.text("source", "component").isEmpty() ? event.text("reportingComponent")
                : event.text("source", "component");
        String host = event.text("source", "host").isEmpty() ? event.text("reportingInstance")
                : event.text("source", "host");
        return host.isEmpty() ? component : component + ", " + host;
    }
}
