package dev.starling.apiserver.admission.security;

import dev.starling.apiserver.admission.security.Standard.Level;
import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Holds pods to the Pod Security Standard that their namespace enforces, and warns of what else it asks about (rules
 * and wording: the PodSecurity admission of Kubernetes). Controllers of pods are only warned.
 */
public final class PodSecurity implements Admission {
    private static final Set<String> IGNORED = Set.of("exec", "attach", "binding", "eviction", "log", "portforward",
            "proxy", "status");
    private static final String PREFIX = "pod-security.kubernetes.io/";
    private static final List<String> TEMPLATE = List.of("spec", "template");
    /** Where each kind that makes pods keeps their template. */
    private static final Map<String, List<String>> TEMPLATES = Map.of("replicationcontrollers", TEMPLATE,
            "podtemplates", List.of("template"), "replicasets.apps", TEMPLATE, "deployments.apps", TEMPLATE,
            "statefulsets.apps", TEMPLATE, "daemonsets.apps", TEMPLATE, "jobs.batch", TEMPLATE,
            "cronjobs.batch", List.of("spec", "jobTemplate", "spec", "template"));

    @Override
    public KubeObject admit(AdmissionRequest request) {
        boolean writes = request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE;
        var type = request.key().type();
        if (writes && type.equals(Kinds.NAMESPACES) && request.key().subresource().isEmpty()) {
            checkNamespace(request);
        } else if (writes && type.equals(Kinds.PODS) && !IGNORED.contains(request.key().subresource())) {
            checkPod(request);
        } else if (writes && request.key().subresource().isEmpty()) {
            Optional.ofNullable(TEMPLATES.get(type.qualifiedPlural())).ifPresent(path -> checkTemplate(request, path));
        }
        return request.object();
    }

    private static void checkPod(AdmissionRequest request) {
        var policy = policy(request);
        boolean same = request.before().filter(before -> !PodChanges.matter(before, request.object())).isPresent();
        if (policy.asksNothing() || same) {
            return;
        }
        var pod = CheckedPod.of(request.object().tree());
        var violations = policy.enforce().violations(pod);
        request.note(PREFIX + "enforce-policy", policy.enforce().toString());
        if (!violations.isEmpty()) {
            throw ApiException.forbidden(Kinds.PODS.qualifiedPlural(), request.key().name(), "violates PodSecurity \""
                    + policy.enforce() + "\": " + texts(violations));
        }
        tell(request, policy, pod);
    }

    private static void checkTemplate(AdmissionRequest request, List<String> path) {
        var policy = policy(request);
        JsonObject template = request.object().tree().object(path.toArray(String[]::new));
        if (!policy.tellsNothing() && !template.isEmpty()) {
            tell(request, policy, CheckedPod.of(template));
        }
    }

    /** Says to the caller and to the audit log what is not enforced. */
    private static void tell(AdmissionRequest request, NamespacePolicy policy, CheckedPod pod) {
        var audited = policy.audit().violations(pod);
        if (!audited.isEmpty()) {
            request.note(PREFIX + "audit-violations", "would violate PodSecurity \"" + policy.audit() + "\": "
                    + texts(audited));
        }
        var violations = policy.warn().violations(pod);
        if (!violations.isEmpty()) {
            request.warnings().add("would violate PodSecurity \"" + policy.warn() + "\": " + texts(violations));
        }
    }

    private static String texts(List<Violation> violations) {
        return violations.stream().map(Violation::text).collect(Collectors.joining(", "));
    }

    private static NamespacePolicy policy(AdmissionRequest request) {
        return request.reader().find(Kinds.NAMESPACES.key(request.key().namespace()))
                .map(namespace -> NamespacePolicy.of(namespace.labels())).orElse(NamespacePolicy.of(Map.of()));
    }

    private static void checkNamespace(AdmissionRequest request) {
        var policy = NamespacePolicy.of(request.object().labels());
        var before = request.before().map(object -> NamespacePolicy.of(object.labels()));
        if (!policy.wrong().isEmpty() && !before.map(NamespacePolicy::wrong).equals(Optional.of(policy.wrong()))) {
            throw ApiException.invalid("", Kinds.NAMESPACES.kind(), request.key().name(), policy.wrong());
        }
        if (before.filter(old -> isStricter(policy.enforce(), old.enforce())).isPresent()) {
            ExistingPods.warnings(request.key().name(), policy.enforce(),
                    request.reader().all(Kinds.PODS, request.key().name())).forEach(request.warnings()::add);
        }
    }

    private static boolean isStricter(Standard now, Standard before) {
        return !now.equals(before) && now.level() != Level.PRIVILEGED
                && (!now.version().equals(before.version()) || now.level().compareTo(before.level()) > 0);
    }
}
