package dev.starling.apiserver.fairness;

import dev.starling.apiserver.access.Attributes;
import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.List;

/** Which requests make the flows of one schema, and their level. Read once into a form that is asked fast. */
record FlowSchema(String name, String uid, long precedence, String level, String distinguisher, List<Rule> rules) {
    private static final String ACCOUNTS = "system:serviceaccount:";

    static FlowSchema of(KubeObject object) {
        var spec = object.spec();
        return new FlowSchema(object.name(), object.uid(), spec.at("matchingPrecedence").number(1_000),
                spec.text("priorityLevelConfiguration", "name"), spec.text("distinguisherMethod", "type"),
                spec.array("rules").objects().stream().map(Rule::of).toList());
    }

    /** Whose requests, and which of them. */
    record Rule(List<Subject> subjects, List<Resources> resources, List<Paths> paths) {

        static Rule of(JsonObject rule) {
            return new Rule(rule.array("subjects").objects().stream().map(Subject::of).toList(),
                    rule.array("resourceRules").objects().stream().map(Resources::of).toList(),
                    rule.array("nonResourceRules").objects().stream().map(Paths::of).toList());
        }

        boolean fits(Attributes wanted, Caller caller) {
            return names(caller) && (wanted.forResource() ? hasResource(wanted) : hasPath(wanted));
        }

        private boolean names(Caller caller) {
            for (var subject : subjects) {
                if (subject.is(caller)) {
                    return true;
                }
            }
            return false;
        }

        private boolean hasResource(Attributes wanted) {
            for (var rule : resources) {
                if (rule.fits(wanted)) {
                    return true;
                }
            }
            return false;
        }

        private boolean hasPath(Attributes wanted) {
            for (var rule : paths) {
                if (rule.fits(wanted)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** @param namespace of a service account */
    record Subject(String kind, String namespace, String name) {

        static Subject of(JsonObject subject) {
            String kind = subject.text("kind");
            return switch (kind) {
                case "User" -> new Subject(kind, "", subject.text("user", "name"));
                case "Group" -> new Subject(kind, "", subject.text("group", "name"));
                default -> new Subject(kind, subject.text("serviceAccount", "namespace"),
                        subject.text("serviceAccount", "name"));
            };
        }

        boolean is(Caller caller) {
            return switch (kind) {
                case "User" -> any(name, caller.name());
                case "Group" -> name.equals("*") || caller.groups().contains(name);
                case "ServiceAccount" -> caller.name().startsWith(ACCOUNTS) && account(caller.name());
                default -> false;
            };
        }

        private boolean account(String user) {
            String prefix = ACCOUNTS + namespace + ":";
            return user.startsWith(prefix) && any(name, user.substring(prefix.length()));
        }
    }

    /** Requests for resources. */
    record Resources(List<String> verbs, List<String> groups, List<String> resources, boolean clusterScope,
            List<String> namespaces) {

        static Resources of(JsonObject rule) {
            return new Resources(rule.array("verbs").texts(), rule.array("apiGroups").texts(),
                    rule.array("resources").texts(), rule.flag("clusterScope"), rule.array("namespaces").texts());
        }

        boolean fits(Attributes wanted) {
            return has(verbs, wanted.verb()) && has(groups, wanted.group()) && has(resources, wanted.fullResource())
                    && (wanted.namespace().isEmpty() ? clusterScope : has(namespaces, wanted.namespace()));
        }
    }

    /** Requests for paths. */
    record Paths(List<String> verbs, List<String> paths) {

        static Paths of(JsonObject rule) {
            return new Paths(rule.array("verbs").texts(), rule.array("nonResourceURLs").texts());
        }

        boolean fits(Attributes wanted) {
            return has(verbs, wanted.verb()) && paths.stream().anyMatch(path -> any(path, wanted.path())
                    || path.endsWith("/*") && wanted.path().startsWith(path.substring(0, path.length() - 1)));
        }
    }

    boolean fits(Attributes wanted, Caller caller) {
        for (var rule : rules) {
            if (rule.fits(wanted, caller)) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(List<String> patterns, String value) {
        for (String pattern : patterns) {
            if (any(pattern, value)) {
                return true;
            }
        }
        return false;
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
