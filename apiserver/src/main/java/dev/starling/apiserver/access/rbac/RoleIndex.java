package dev.starling.apiserver.access.rbac;

import dev.starling.apiserver.access.Attributes;
import dev.starling.apiserver.access.Authorizer.Verdict;
import dev.starling.apiserver.access.Authorizer.Word;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.StoredGroup;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Roles by name, and bindings by whom they name: a question looks at the bindings of one user and his groups alone.
 * One thread at a time writes; any thread reads.
 */
final class RoleIndex implements StoredGroup.Fold {
    private static final CompiledRole NO_RULES = CompiledRole.of(List.of());

    private volatile Tables tables = new Tables();

    /** The name of a role; a cluster's role has no namespace. */
    record Place(String namespace, String name) {

        String missing() {
            return (namespace.isEmpty() ? "clusterrole" : "role") + ".rbac.authorization.k8s.io \"" + name
                    + "\" not found";
        }
    }

    /** To whom something is bound, and where: in a namespace or, for the empty text, in all. */
    private record Holder(String namespace, boolean group, String name) {
    }

    private record Grant(String binding, Place role, Verdict allowed) {
    }

    private static final class Tables {
        private final Map<Place, CompiledRole> roles = new ConcurrentHashMap<>();
        private final Map<Holder, List<Grant>> grants = new ConcurrentHashMap<>();
    }

    @Override
    public void startOver(List<KubeObject> all) {
        var fresh = new Tables();
        all.forEach(object -> add(fresh, object));
        tables = fresh;
    }

    @Override
    public void changed(Optional<KubeObject> before, Optional<KubeObject> after) {
        after.ifPresent(object -> add(tables, object));
        before.ifPresent(object -> remove(tables, object, after));
    }

    private static void add(Tables tables, KubeObject object) {
        switch (object.kind()) {
            case "Role", "ClusterRole" -> tables.roles.put(place(object),
                    CompiledRole.of(PolicyRule.all(object.tree().array("rules"))));
            case "RoleBinding", "ClusterRoleBinding" -> grants(object).forEach((holder, given) ->
                    tables.grants.merge(holder, given, (held, more) -> joined(without(held, object.name()), more)));
            default -> { }
        }
    }

    /** Takes away what is not there any more; what only changed was replaced in one step: no reader misses it. */
    private static void remove(Tables tables, KubeObject object, Optional<KubeObject> after) {
        switch (object.kind()) {
            case "Role", "ClusterRole" -> {
                if (after.isEmpty()) {
                    tables.roles.remove(place(object));
                }
            }
            case "RoleBinding", "ClusterRoleBinding" -> {
                var kept = after.map(RoleIndex::grants).orElse(Map.of()).keySet();
                grants(object).keySet().stream().filter(holder -> !kept.contains(holder))
                        .forEach(holder -> take(tables, holder, object.name()));
            }
            default -> { }
        }
    }

    private static void take(Tables tables, Holder holder, String binding) {
        var left = without(tables.grants.getOrDefault(holder, List.of()), binding);
        if (left.isEmpty()) {
            tables.grants.remove(holder);
        } else {
            tables.grants.put(holder, left);
        }
    }

    /** What a binding gives to each of those that it names. */
    private static Map<Holder, List<Grant>> grants(KubeObject binding) {
        var grants = new HashMap<Holder, List<Grant>>();
        binding.tree().array("subjects").objects().stream().distinct().forEach(subject -> grants.merge(
                holder(binding, subject),
                List.of(new Grant(binding.name(), reference(binding), allowed(binding, subject))), RoleIndex::joined));
        return grants;
    }

    private static List<Grant> joined(List<Grant> grants, List<Grant> more) {
        var all = new ArrayList<>(grants);
        all.addAll(more);
        return List.copyOf(all);
    }

    private static List<Grant> without(List<Grant> grants, String binding) {
        return grants.stream().filter(grant -> !grant.binding().equals(binding)).toList();
    }

    private static Place place(KubeObject role) {
        return new Place(role.namespace(), role.name());
    }

    private static Place reference(KubeObject binding) {
        var role = binding.tree().object("roleRef");
        return new Place(role.text("kind").equals("Role") ? binding.namespace() : "", role.text("name"));
    }

    private static Holder holder(KubeObject binding, JsonObject subject) {
        String name = subject.text("name");
        return switch (subject.text("kind")) {
            case "Group" -> new Holder(binding.namespace(), true, name);
            case "ServiceAccount" -> new Holder(binding.namespace(), false,
                    "system:serviceaccount:" + home(binding, subject) + ":" + name);
            default -> new Holder(binding.namespace(), false, name);
        };
    }

    private static String home(KubeObject binding, JsonObject account) {
        String named = account.text("namespace");
        return named.isEmpty() ? binding.namespace() : named;
    }

    private static Verdict allowed(KubeObject binding, JsonObject subject) {
        String kind = subject.text("kind");
        String who = kind.equals("ServiceAccount") ? subject.text("name") + "/" + home(binding, subject)
                : subject.text("name");
        String where = binding.namespace().isEmpty() ? binding.name() : binding.name() + "/" + binding.namespace();
        return new Verdict(Word.ALLOW, "RBAC: allowed by " + binding.kind() + " \"" + where + "\" of "
                + binding.tree().text("roleRef", "kind") + " \"" + binding.tree().text("roleRef", "name") + "\" to "
                + kind + " \"" + who + "\"");
    }

    /** The first binding that allows it; a denial names the roles that are bound but not there. */
    Verdict judge(Caller user, Attributes wanted) {
        var now = tables;
        var verdict = judge(now, user, wanted, "");
        if (verdict.word() != Word.ALLOW && !wanted.namespace().isEmpty()) {
            verdict = judge(now, user, wanted, wanted.namespace());
        }
        return verdict.word() == Word.ALLOW ? verdict : refused(problems(now, user, wanted.namespace()));
    }

    private static Verdict judge(Tables tables, Caller user, Attributes wanted, String namespace) {
        var verdict = judge(tables, new Holder(namespace, false, user.name()), wanted);
        for (int i = 0; verdict.word() != Word.ALLOW && i < user.groups().size(); i++) {
            verdict = judge(tables, new Holder(namespace, true, user.groups().get(i)), wanted);
        }
        return verdict;
    }

    private static Verdict judge(Tables tables, Holder holder, Attributes wanted) {
        for (var grant : tables.grants.getOrDefault(holder, List.of())) {
            if (tables.roles.getOrDefault(grant.role(), NO_RULES).allows(wanted)) {
                return grant.allowed();
            }
        }
        return Verdict.NO_OPINION;
    }

    private static Verdict refused(List<String> problems) {
        if (problems.isEmpty()) {
            return Verdict.NO_OPINION;
        }
        String text = problems.size() == 1 ? problems.getFirst() : "[" + String.join(", ", problems) + "]";
        return new Verdict(Word.NO_OPINION, "RBAC: " + text);
    }

    private static List<String> problems(Tables tables, Caller user, String namespace) {
        return grants(tables, user, namespace).stream().map(Grant::role).distinct()
                .filter(role -> !tables.roles.containsKey(role)).map(Place::missing).toList();
    }

    private static List<Grant> grants(Tables tables, Caller user, String namespace) {
        var grants = new ArrayList<Grant>();
        var scopes = namespace.isEmpty() ? List.of("") : List.of("", namespace);
        for (String scope : scopes) {
            grants.addAll(tables.grants.getOrDefault(new Holder(scope, false, user.name()), List.of()));
            user.groups().forEach(group ->
                    grants.addAll(tables.grants.getOrDefault(new Holder(scope, true, group), List.of())));
        }
        return grants;
    }

    /** All rules of a user in the cluster and, unless it is empty, in a namespace. */
    List<PolicyRule> rules(Caller user, String namespace) {
        var now = tables;
        return grants(now, user, namespace).stream().map(Grant::role).distinct()
                .flatMap(role -> now.roles.getOrDefault(role, NO_RULES).rules().stream()).toList();
    }

    List<String> problems(Caller user, String namespace) {
        return problems(tables, user, namespace);
    }

    Optional<List<PolicyRule>> role(Place place) {
        return Optional.ofNullable(tables.roles.get(place)).map(CompiledRole::rules);
    }
}
