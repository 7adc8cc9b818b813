package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldPath;
import dev.starling.apiserver.schema.FieldError;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import java.util.List;

/** Roles and the bindings that give them to subjects. */
final class RoleValidation {
    private static final String GROUP = "rbac.authorization.k8s.io";
    private static final String SERVICE_ACCOUNT = "ServiceAccount";
    private static final FieldPath REFERENCE = FieldPath.of("roleRef");

    private RoleValidation() {
    }

    static void checkRole(JsonObject role, boolean namespaced, Findings findings) {
        Findings.each(role, FieldPath.ROOT, "rules", (rule, path) -> checkRule(rule, path, namespaced, findings));
        Findings.each(role.object("aggregationRule"), FieldPath.of("aggregationRule"), "clusterRoleSelectors",
                (selector, path) -> SelectorValidation.check(selector, path, findings));
    }

    private static void checkRule(JsonObject rule, FieldPath path, boolean namespaced, Findings findings) {
        if (rule.array("verbs").isEmpty()) {
            findings.required(path.child("verbs"), "verbs must contain at least one value");
        }
        if (!rule.array("nonResourceURLs").isEmpty()) {
            checkPaths(rule, path.child("nonResourceURLs"), namespaced, findings);
            return;
        }
        if (rule.array("apiGroups").isEmpty()) {
            findings.required(path.child("apiGroups"), "resource rules must supply at least one api group");
        }
        if (rule.array("resources").isEmpty()) {
            findings.required(path.child("resources"), "resource rules must supply at least one resource");
        }
        if (!rule.array("resourceNames").isEmpty() && rule.array("resources").size() > 1) {
            findings.required(path.child("resourceNames"), "resource names cannot apply to multiple resources");
        }
    }

    private static void checkPaths(JsonObject rule, FieldPath path, boolean namespaced, Findings findings) {
        Json urls = rule.at("nonResourceURLs");
        if (namespaced) {
            findings.invalid(path, urls, "namespaced rules cannot apply to non-resource URLs");
        }
        if (!rule.array("apiGroups").isEmpty() || !rule.array("resources").isEmpty()
                || !rule.array("resourceNames").isEmpty()) {
            findings.invalid(path, urls, "rules cannot apply to both regular resources and non-resource URLs");
        }
    }

    static void checkBinding(JsonObject binding, boolean namespaced, Findings findings) {
        JsonObject role = binding.object("roleRef");
        findings.supported(REFERENCE.child("apiGroup"), role.text("apiGroup"), List.of(GROUP));
        findings.supported(REFERENCE.child("kind"), role.text("kind"),
                namespaced ? List.of("ClusterRole", "Role") : List.of("ClusterRole"));
        findings.formatted(role, REFERENCE, "name", RoleValidation::pathSegment);
        Findings.each(binding, FieldPath.ROOT, "subjects",
                (subject, path) -> checkSubject(subject, path, namespaced, findings));
    }

    private static List<String> pathSegment(String name) {
        if (name.equals(".") || name.equals("..")) {
            return List.of("may not be '" + name + "'");
        }
        return List.of("/", "%").stream().filter(name::contains).map(part -> "may not contain '" + part + "'").toList();
    }

    private static void checkSubject(JsonObject subject, FieldPath path, boolean namespaced, Findings findings) {
        boolean named = findings.present(subject, path, "name");
        String group = subject.text("apiGroup");
        switch (subject.text("kind")) {
            case SERVICE_ACCOUNT -> {
                findings.optional(subject, path, "name", Formats::subdomain);
                if (!group.isEmpty()) {
                    findings.supported(path.child("apiGroup"), group, List.of(""));
                }
                if (!namespaced) {
                    findings.present(subject, path, "namespace");
                }
            }
            case "User", "Group" -> {
                if (!named) {
                    String who = subject.text("kind").equals("User") ? "user" : "group";
                    findings.invalid(path.child("name"), "", who + " name cannot be empty");
                }
                findings.supported(path.child("apiGroup"), group, List.of(GROUP));
            }
            default -> findings.add(FieldError.notSupported(path.child("kind"), subject.at("kind"),
                    List.of("Group", SERVICE_ACCOUNT, "User")));
        }
    }

    static void checkBindingUpdate(JsonObject before, JsonObject after, Findings findings) {
        if (!before.at("roleRef").equals(after.at("roleRef"))) {
            findings.invalid(REFERENCE, after.at("roleRef"), "cannot change roleRef");
        }
    }
}
