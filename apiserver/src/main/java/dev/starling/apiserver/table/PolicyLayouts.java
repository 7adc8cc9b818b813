package dev.starling.apiserver.table;

import static dev.starling.apiserver.table.Cell.age;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The rows of what rules over others: quotas, priorities, webhooks, admission policies, fairness, devices. */
final class PolicyLayouts {
    static final Layout QUOTA = Layout.of(List.of(Column.objectName(), Column.text("Request"), Column.text("Limit"),
            Column.age()), (object, now) -> List.of(object.name(), used(object, false), used(object, true),
            age(object, now)));

    static final Layout PRIORITY_CLASS = Layout.of(List.of(Column.objectName(), Column.number("Value"),
            Column.flag("Global-Default"), Column.age(), Column.text("PreemptionPolicy")), (object, now) -> List.of(
            object.name(), object.tree().at("value").number(0), object.tree().flag("globalDefault"),
            age(object, now), object.tree().text("preemptionPolicy")));

    static final Layout WEBHOOKS = Layout.of(List.of(Column.objectName(), Column.number("Webhooks"), Column.age()),
            (object, now) -> List.of(object.name(), object.tree().array("webhooks").size(), age(object, now)));

    static final Layout ADMISSION_POLICY = admissionPolicy("Validations");

    static final Layout MUTATING_POLICY = admissionPolicy("Mutations");

    private static Layout admissionPolicy(String counted) {
        return Layout.of(List.of(Column.objectName(), Column.number(counted), Column.text("ParamKind"), Column.age()),
                (object, now) -> {
            var param = object.spec().object("paramKind");
            return List.of(object.name(), object.spec().array(counted.toLowerCase(Locale.ROOT)).size(),
                    param.isEmpty() ? Cell.UNSET : param.text("apiVersion") + "/" + param.text("kind"),
                    age(object, now));
        });
    }

    static final Layout ADMISSION_BINDING = Layout.of(List.of(Column.objectName(), Column.text("PolicyName"),
            Column.text("ParamRef"), Column.age()), (object, now) -> List.of(object.name(),
            object.spec().text("policyName"), parameter(object.spec().object("paramRef")), age(object, now)));

    static final Layout FLOW_SCHEMA = Layout.of(List.of(Column.objectName(), Column.text("PriorityLevel"),
            Column.text("MatchingPrecedence"), Column.text("DistinguisherMethod"), Column.age(),
            Column.text("MissingPL")), (object, now) -> List.of(object.name(),
            object.spec().text("priorityLevelConfiguration", "name"),
            object.spec().at("matchingPrecedence").number(0),
            Cell.orNone(object.spec().text("distinguisherMethod", "type")), age(object, now), dangling(object)));

    static final Layout PRIORITY_LEVEL = Layout.of(List.of(Column.objectName(), Column.text("Type"),
            Column.text("NominalConcurrencyShares"), Column.text("Queues"), Column.text("HandSize"),
            Column.text("QueueLengthLimit"), Column.age()), PolicyLayouts::priorityLevel);

    static final Layout NAMED = Layout.of(List.of(Column.objectName(), Column.age()),
            (object, now) -> List.of(object.name(), age(object, now)));

    static final Layout API_SERVICE = Layout.of(List.of(Column.objectName(), Column.text("Service"),
            Column.text("Available"), Column.age()), (object, now) -> List.of(object.name(), service(object),
            available(object), age(object, now)));

    static final Layout RESOURCE_CLAIM = Layout.of(List.of(Column.objectName(), Column.text("State"), Column.age()),
            (object, now) -> List.of(object.name(), state(object), age(object, now)));

    static final Layout RESOURCE_SLICE = Layout.of(List.of(Column.objectName(), Column.text("Node"),
            Column.text("Driver"), Column.text("Pool"), Column.age()), (object, now) -> List.of(object.name(),
            object.spec().text("nodeName"), object.spec().text("driver"), object.spec().text("pool", "name"),
            age(object, now)));

    static final Layout COMPONENT_STATUS = Layout.of(List.of(Column.objectName(), Column.text("Status"),
            Column.text("Message"), Column.text("Error")), PolicyLayouts::component);

    private PolicyLayouts() {
    }

    private static String used(KubeObject quota, boolean limits) {
        var used = quota.status().object("used");
        return new TreeMap<>(quota.status().object("hard").texts()).entrySet().stream()
                .filter(hard -> hard.getKey().startsWith("limits.") == limits)
                .map(hard -> hard.getKey() + ": " + (used.text(hard.getKey()).isEmpty() ? "0"
                        : used.text(hard.getKey())) + "/" + hard.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String parameter(JsonObject parameter) {
        if (!parameter.text("name").isEmpty()) {
            String namespace = parameter.text("namespace");
            return (namespace.isEmpty() ? "*" : namespace) + "/" + parameter.text("name");
        }
        return parameter.has("selector") ? goText(parameter.object("selector")) : Cell.UNSET;
    }

    /** As Go's text form of the type has it. */
    private static String goText(JsonObject selector) {
        String labels = new TreeMap<>(selector.object("matchLabels").texts()).entrySet().stream()
                .map(label -> label.getKey() + ": " + label.getValue() + ",").collect(Collectors.joining());
        String expressions = selector.array("matchExpressions").objects().stream()
                .map(each -> "LabelSelectorRequirement{Key:" + each.text("key") + ",Operator:" + each.text("operator")
                        + ",Values:[" + String.join(" ", each.array("values").texts()) + "],},")
                .collect(Collectors.joining());
        return "&LabelSelector{MatchLabels:map[string]string{" + labels
                + "},MatchExpressions:[]LabelSelectorRequirement{" + expressions + "},}";
    }

    private static String dangling(KubeObject flow) {
        return flow.status().array("conditions").objects().stream()
                .filter(condition -> condition.text("type").equals("Dangling"))
                .map(condition -> condition.text("status")).findFirst().orElse("?");
    }

    private static List<Object> priorityLevel(KubeObject level, Instant now) {
        var limited = level.spec().object("limited");
        var queues = limited.object("limitResponse", "queuing");
        return List.of(level.name(), level.spec().text("type"), orNone(limited.at("nominalConcurrencyShares")),
                orNone(queues.at("queues")), orNone(queues.at("handSize")), orNone(queues.at("queueLengthLimit")),
                age(level, now));
    }

    private static Object orNone(Json number) {
        return number.isNull() ? Cell.NONE : number.number(0);
    }

    private static String state(KubeObject claim) {
        if (claim.status().at("allocation").isNull()) {
            return claim.deleting() ? "deleted" : "pending";
        }
        return (claim.deleting() ? "deleted," : "") + "allocated"
                + (claim.status().array("reservedFor").isEmpty() ? "" : ",reserved");
    }

    private static List<Object> component(KubeObject component, Instant now) {
        var health = component.tree().array("conditions").objects().stream()
                .filter(condition -> condition.text("type").equals("Healthy")).findFirst();
        String status = health.map(each -> each.text("status").equals("True") ? "Healthy" : "Unhealthy")
                .orElse("Unknown");
        return List.of(component.name(), status, health.map(each -> each.text("message")).orElse(""),
                health.map(each -> each.text("error")).orElse(""));
    }

    private static String service(KubeObject object) {
        var service = object.spec().object("service");
        return service.isEmpty() ? "Local" : service.text("namespace") + "/" + service.text("name");
    }

    private static String available(KubeObject object) {
        return object.status().array("conditions").objects().stream()
                .filter(condition -> condition.text("type").equals("Available"))
                .map(condition -> condition.text("status").equals("True") ? "True"
                        : condition.text("status") + " (" + condition.text("reason") + ")")
                .findFirst().orElse("Unknown");
    }
}
