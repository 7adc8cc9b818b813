package dev.starling.apiserver.access.rbac;

import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Reads the roles and bindings that every cluster has, from a table whose form its first lines tell. Used by one thread
 * once.
 */
final class BootstrapPolicy {
    static final String AUTO_UPDATE = "rbac.authorization.kubernetes.io/autoupdate";
    private static final String COLLECTED = "rbac.authorization.k8s.io/aggregate-to-";
    private static final String GROUP = Kinds.ROLES.group();

    private final List<KubeObject> objects = new ArrayList<>();
    private final List<PolicyRule> rules = new ArrayList<>(); // of the role that is being read

    private BootstrapPolicy() {
    }

    /** Roles before the bindings that name them. */
    static List<KubeObject> read() {
        var policy = new BootstrapPolicy();
        try (var file = Objects.requireNonNull(BootstrapPolicy.class.getResourceAsStream("bootstrap-policy.txt"))) {
            var lines = new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
            lines.stream().filter(line -> !line.isBlank() && !line.startsWith("#")).toList().reversed()
                    .forEach(policy::read);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return policy.objects.reversed();
    }

    /** Lines come from the last to the first, so that a role follows its rules. */
    private void read(String line) {
        var words = List.of(line.strip().split(" +"));
        if (line.startsWith(" ")) {
            rules.add(rule(words));
            return;
        }
        switch (words.getFirst()) {
            case "role" -> objects.add(role(words.get(1), words.subList(2, words.size())));
            case "bind" -> objects.add(binding(words.get(1), words.get(2), words.subList(3, words.size())));
            case "controller" -> {
                String name = "system:controller:" + words.get(1);
                objects.add(binding(name, name, List.of("ServiceAccount:kube-system/" + words.get(1))));
                objects.add(role(name, List.of()));
            }
            default -> throw new IllegalStateException("the bootstrap policy cannot be read: " + line);
        }
    }

    private static PolicyRule rule(List<String> words) {
        if (words.getFirst().equals("url")) {
            return new PolicyRule(texts(words.get(2)), List.of(), List.of(), List.of(), texts(words.get(1)));
        }
        var groups = texts(words.getFirst()).stream().map(group -> group.equals("core") ? "" : group).toList();
        var verbs = texts(words.get(2).replace("read", "get,list,watch")
                .replace("write", "create,delete,deletecollection,patch,update")).stream().sorted().toList();
        return new PolicyRule(verbs, groups, texts(words.get(1)), words.size() > 3 ? texts(words.get(3)) : List.of(),
                List.of());
    }

    private static List<String> texts(String joined) {
        return Arrays.asList(joined.split(","));
    }

    private KubeObject role(String place, List<String> marks) {
        var role = named(place, Kinds.CLUSTER_ROLES, Kinds.ROLES);
        for (String mark : marks) {
            if (mark.startsWith("collects=")) {
                var selector = JsonObject.of("matchLabels",
                        JsonObject.of(COLLECTED + mark.substring(mark.indexOf('=') + 1), "true"));
                role = role.with(JsonArray.of(selector), "aggregationRule", "clusterRoleSelectors");
            } else {
                role = role.with("true", "metadata", "labels", COLLECTED + mark);
            }
        }
        var read = rules.reversed().stream().map(PolicyRule::json).toList();
        rules.clear();
        return role.with(JsonArray.of(read), "rules");
    }

    private static KubeObject binding(String place, String role, List<String> subjects) {
        boolean local = role.startsWith("/");
        var reference = JsonObject.of("apiGroup", GROUP, "kind", local ? "Role" : "ClusterRole",
                "name", local ? role.substring(1) : role);
        var bound = named(place, Kinds.CLUSTER_ROLE_BINDINGS, Kinds.ROLE_BINDINGS).with(reference, "roleRef");
        return subjects.isEmpty() ? bound
                : bound.with(JsonArray.of(subjects.stream().map(BootstrapPolicy::subject).toList()), "subjects");
    }

    private static JsonObject subject(String text) {
        int colon = text.indexOf(':');
        String kind = text.substring(0, colon);
        String name = text.substring(colon + 1);
        int slash = name.indexOf('/');
        return kind.equals("ServiceAccount")
                ? JsonObject.of("kind", kind, "name", name.substring(slash + 1), "namespace", name.substring(0, slash))
                : JsonObject.of("apiGroup", GROUP, "kind", kind, "name", name);
    }

    private static KubeObject named(String place, ResourceType cluster, ResourceType local) {
        int slash = place.indexOf('/');
        var object = slash < 0 ? KubeObject.named(cluster, "", place)
                : KubeObject.named(local, place.substring(0, slash), place.substring(slash + 1));
        return object.with(JsonObject.of(AUTO_UPDATE, "true"), "metadata", "annotations")
                .with(JsonObject.of("kubernetes.io/bootstrapping", "rbac-defaults"), "metadata", "labels");
    }
}
