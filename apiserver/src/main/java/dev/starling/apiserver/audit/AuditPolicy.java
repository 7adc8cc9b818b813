package dev.starling.apiserver.audit;

import dev.starling.apiserver.access.Attributes;
import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.yaml.Yaml;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which requests are recorded, and how much of each: a file of the kind {@code Policy} of {@code audit.k8s.io/v1}. The
 * first rule that fits a request decides. What Secrets hold, and tokens, is recorded only if a rule names the resource.
 */
public record AuditPolicy(List<Rule> rules, Set<Stage> omitStages, boolean omitManagedFields) {
    /** Nothing is recorded. */
    public static final AuditPolicy NONE = new AuditPolicy(List.of(), Set.of(), false);
    private static final Set<String> SECRET =
            Set.of("/secrets", "authentication.k8s.io/tokenreviews", "/serviceaccounts/token");
    private static final Set<String> FIELDS =
            Set.of("kind", "apiVersion", "metadata", "rules", "omitStages", "omitManagedFields");
    private static final Set<String> RULE_FIELDS = Set.of("level", "users", "userGroups", "verbs", "resources",
            "namespaces", "nonResourceURLs", "omitStages", "omitManagedFields");
    private static final Set<String> RESOURCE_FIELDS = Set.of("group", "resources", "resourceNames");

    /** How much is recorded; each level includes the one before. */
    public enum Level {
        NONE("None"), METADATA("Metadata"), REQUEST("Request"), REQUEST_RESPONSE("RequestResponse");

        private final String text;

        Level(String text) {
            this.text = text;
        }

        /** As it stands in policies and events. */
        @Override
        public String toString() {
            return text;
        }

        public boolean includes(Level other) {
            return ordinal() >= other.ordinal();
        }
    }

    /** When something is recorded. */
    public enum Stage {
        REQUEST_RECEIVED("RequestReceived"), RESPONSE_STARTED("ResponseStarted"),
        RESPONSE_COMPLETE("ResponseComplete"), PANIC("Panic");

        private final String text;

        Stage(String text) {
            this.text = text;
        }

        /** As it stands in policies and events. */
        @Override
        public String toString() {
            return text;
        }
    }

    /** What is recorded of one request. */
    public record Decision(Level level, Set<Stage> omitStages, boolean omitManagedFields) {
        /** Nothing at all. */
        public static final Decision NOTHING = new Decision(Level.NONE, Set.of(), false);

        public boolean records(Stage stage) {
            return level != Level.NONE && !omitStages.contains(stage);
        }
    }

    /** Resources of one group; empty lists mean all. */
    record GroupResources(String group, List<String> resources, List<String> names) {

        boolean fits(Attributes wanted) {
            return group.equals(wanted.group()) && (names.isEmpty() || names.contains(wanted.name()))
                    && (resources.isEmpty() || resources.stream().anyMatch(resource -> fits(resource, wanted)));
        }

        private static boolean fits(String resource, Attributes wanted) {
            return resource.equals("*") || resource.equals(wanted.fullResource())
                    || !wanted.subresource().isEmpty() && (resource.equals("*/" + wanted.subresource())
                    || resource.equals(wanted.resource() + "/*"));
        }
    }

    /** One rule; empty lists mean all. */
    record Rule(Level level, List<String> users, List<String> groups, List<String> verbs,
            List<GroupResources> resources, List<String> namespaces, List<String> paths, Set<Stage> omitStages,
            Optional<Boolean> omitManagedFields) {

        boolean fits(Attributes wanted, Caller caller) {
            boolean who = (users.isEmpty() || users.contains(caller.name()))
                    && (groups.isEmpty() || groups.stream().anyMatch(caller.groups()::contains))
                    && (verbs.isEmpty() || verbs.contains(wanted.verb()));
            return who && (wanted.forResource() ? fitsResource(wanted) : fitsPath(wanted));
        }

        private boolean fitsResource(Attributes wanted) {
            if (resources.isEmpty() && namespaces.isEmpty()) {
                return paths.isEmpty();
            }
            return (namespaces.isEmpty() || namespaces.contains(wanted.namespace()))
                    && (resources.isEmpty() || resources.stream().anyMatch(r -> r.fits(wanted)));
        }

        private boolean fitsPath(Attributes wanted) {
            if (paths.isEmpty()) {
                return resources.isEmpty() && namespaces.isEmpty();
            }
            return paths.stream().anyMatch(path -> path.equals(wanted.path()) || path.equals("*")
                    || path.endsWith("*") && wanted.path().startsWith(path.substring(0, path.length() - 1)));
        }

        boolean names(Attributes wanted) {
            return resources.stream().anyMatch(r -> r.resources().contains(wanted.fullResource()));
        }
    }

    public AuditPolicy {
        rules = List.copyOf(rules);
        omitStages = Set.copyOf(omitStages);
    }

    /** @throws AuditException in one line that names what is wrong */
    public static AuditPolicy parse(String yaml) {
        var json = read(yaml);
        if (!json.text("kind").equals("Policy") || !json.text("apiVersion").equals("audit.k8s.io/v1")) {
            throw new AuditException("the audit policy is not a Policy of audit.k8s.io/v1");
        }
        checkFields(json);
        var rules = json.array("rules").objects().stream().map(AuditPolicy::rule).toList();
        if (rules.isEmpty()) {
            throw new AuditException("the audit policy has no rules");
        }
        return new AuditPolicy(rules, stages(json), json.flag("omitManagedFields"));
    }

    /** A field that nobody knows would be without effect: a rule might record more, or less, than was meant. */
    private static void checkFields(JsonObject json) {
        var unknown = new ArrayList<String>();
        unknown(json, FIELDS, "", unknown);
        int number = 0;
        for (var rule : json.array("rules").objects()) {
            String at = "rules[" + number++ + "].";
            unknown(rule, RULE_FIELDS, at, unknown);
            int resource = 0;
            for (var resources : rule.array("resources").objects()) {
                unknown(resources, RESOURCE_FIELDS, at + "resources[" + resource++ + "].", unknown);
            }
        }
        if (!unknown.isEmpty()) {
            throw new AuditException("strict decoding error: " + String.join(", ", unknown));
        }
    }

    private static void unknown(JsonObject json, Set<String> known, String path, List<String> unknown) {
        json.names().stream().filter(name -> !known.contains(name)).forEach(name ->
                unknown.add("unknown field \"" + path + name + "\""));
    }

    private static JsonObject read(String yaml) {
        try {
            var documents = Yaml.documents(yaml);
            return documents.isEmpty() ? JsonObject.EMPTY : documents.getFirst().object();
        } catch (Yaml.YamlException e) {
            throw new AuditException("the audit policy is no YAML: " + e.getMessage());
        }
    }

    private static Rule rule(JsonObject json) {
        var level = List.of(Level.values()).stream().filter(l -> l.toString().equals(json.text("level"))).findFirst()
                .orElseThrow(() -> new AuditException("no such level: '" + json.text("level") + "'"));
        checkLists(json, List.of("users", "userGroups", "verbs", "namespaces", "nonResourceURLs", "omitStages"));
        json.array("resources").objects().forEach(r -> checkLists(r, List.of("resources", "resourceNames")));
        if (json.has("resources") && !(json.at("resources") instanceof JsonArray)) {
            throw new AuditException("resources is no list: " + json.at("resources"));
        }
        var resources = json.array("resources").objects().stream().map(r -> new GroupResources(r.text("group"),
                r.array("resources").texts(), r.array("resourceNames").texts())).toList();
        var paths = json.array("nonResourceURLs").texts();
        if (!paths.isEmpty() && !(resources.isEmpty() && json.array("namespaces").isEmpty())) {
            throw new AuditException("rules cannot apply to both resources and nonResourceURLs");
        }
        return new Rule(level, json.array("users").texts(), json.array("userGroups").texts(),
                json.array("verbs").texts(), resources, json.array("namespaces").texts(), paths, stages(json),
                json.find("omitManagedFields").map(value -> value.flag()));
    }

    /** What is no list would count as an empty one, and that means all. */
    private static void checkLists(JsonObject json, List<String> names) {
        for (String name : names) {
            Json value = json.at(name);
            boolean texts = value instanceof JsonArray list && list.stream().allMatch(JsonString.class::isInstance);
            if (!value.isNull() && !texts) {
                throw new AuditException(name + " is no list of texts: " + value);
            }
        }
    }

    private static Set<Stage> stages(JsonObject json) {
        var stages = EnumSet.noneOf(Stage.class);
        for (String text : json.array("omitStages").texts()) {
            stages.add(List.of(Stage.values()).stream().filter(s -> s.toString().equals(text)).findFirst()
                    .orElseThrow(() -> new AuditException("no such stage: '" + text + "'")));
        }
        return Set.copyOf(stages);
    }

    public boolean used() {
        return !rules.isEmpty();
    }

    public Decision decide(Attributes wanted, Caller caller) {
        for (var rule : rules) {
            if (rule.fits(wanted, caller)) {
                var omitted = EnumSet.noneOf(Stage.class);
                omitted.addAll(omitStages);
                omitted.addAll(rule.omitStages());
                return new Decision(level(rule, wanted), Set.copyOf(omitted),
                        rule.omitManagedFields().orElse(omitManagedFields));
            }
        }
        return Decision.NOTHING;
    }

    private static Level level(Rule rule, Attributes wanted) {
        boolean secret = SECRET.contains(wanted.group() + "/" + wanted.fullResource());
        return secret && rule.level().includes(Level.REQUEST) && !rule.names(wanted) ? Level.METADATA : rule.level();
    }
}
