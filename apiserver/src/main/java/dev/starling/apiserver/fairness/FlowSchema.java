package dev.starling.apiserver.fairness;

import dev.starling.apiserver.access.Attributes;
import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.List;

/** Which requests make the flows of one schema, and their level. */
record FlowSchema(String name, String uid, long precedence, String level, String distinguisher,
        List<JsonObject> rules) {
    private static final String ACCOUNTS = "system:serviceaccount:";

    static FlowSchema of(KubeObject object) {
        var spec = object.spec();
        return new FlowSchema(object.name(), object.uid(), spec.at("matchingPrecedence").number(1_000),
                spec.text("priorityLevelConfiguration", "name"), spec.text("distinguisherMethod", "type"),
                spec.array("rules").objects());
    }

    boolean fits(Attributes wanted, Caller caller) {
        return rules.stream().anyMatch(rule ->
                rule.array("subjects").objects().stream().anyMatch(subject -> is(subject, caller))
                        && (wanted.forResource()
                        ? rule.array("resourceRules").objects().stream().anyMatch(r -> resource(r, wanted))
                        : rule.array("nonResourceRules").objects().stream().anyMatch(r -> path(r, wanted))));
    }

    private static boolean is(JsonObject subject, Caller caller) {
        return switch (subject.text("kind")) {
            case "User" -> any(subject.text("user", "name"), caller.name());
            case "Group" -> subject.text("group", "name").equals("*")
                    || caller.groups().contains(subject.text("group", "name"));
            case "ServiceAccount" -> account(subject.object("serviceAccount"), caller.name());
            default -> false;
        };
    }

    private static boolean account(JsonObject account, String user) {
        String prefix = ACCOUNTS + account.text("namespace") + ":";
        return user.startsWith(prefix) && any(account.text("name"), user.substring(prefix.length()));
    }

    private static boolean resource(JsonObject rule, Attributes wanted) {
        return has(rule, "verbs", wanted.verb()) && has(rule, "apiGroups", wanted.group())
                && has(rule, "resources", wanted.fullResource())
                && (wanted.namespace().isEmpty() ? rule.flag("clusterScope")
                : has(rule, "namespaces", wanted.namespace()));
    }

    private static boolean path(JsonObject rule, Attributes wanted) {
        return has(rule, "verbs", wanted.verb()) && rule.array("nonResourceURLs").texts().stream().anyMatch(path ->
                any(path, wanted.path()) || path.endsWith("/*")
                        && wanted.path().startsWith(path.substring(0, path.length() - 1)));
    }

    private static boolean has(JsonObject rule, String list, String value) {
        return rule.array(list).texts().stream().anyMatch(pattern -> any(pattern, value));
    }

    private static boolean any(String pattern, String value) {
        return pattern.equals("*") || pattern.equals(value);
    }

    /** Requests with the same text share a flow. */
    String flow(Attributes wanted, Caller caller) {
        return name + "\n" + switch (distinguisher) {
            case "ByUser" -> caller.name();
            case "ByNamespace" -> wanted.namespace();
            default -> "";
        };
    }
}
