package dev.starling.apiserver.admission.match;

import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which requests one webhook or policy wants to see (source: the rules of Kubernetes' dynamic admission). What
 * configures admission itself is seen by none, so that a bad configuration can always be taken away.
 *
 * @param equivalent whether a rule for one version of a kind is one for all
 */
public record Matching(Rules rules, LabelSelector namespaces, LabelSelector objects, boolean equivalent) {
    private static final String ADMISSION_GROUP = "admissionregistration.k8s.io";
    private static final Set<String> EXEMPT = Set.of("validatingwebhookconfigurations",
            "mutatingwebhookconfigurations", "validatingadmissionpolicies", "validatingadmissionpolicybindings",
            "mutatingadmissionpolicies", "mutatingadmissionpolicybindings");

    /** The requests of some rules without those of others. */
    record Rules(List<Rule> included, List<Rule> excluded) {

        /** Whether only the group and the version may be others. */
        boolean mayCover(AdmissionRequest request) {
            return excluded.stream().noneMatch(rule -> rule.covers(request))
                    && included.stream().anyMatch(rule -> rule.coversElsewhere(request));
        }

        boolean cover(AdmissionRequest request) {
            return excluded.stream().noneMatch(rule -> rule.covers(request))
                    && included.stream().anyMatch(rule -> rule.covers(request));
        }
    }

    /** Of a webhook. */
    public static Matching ofWebhook(JsonObject webhook) {
        return new Matching(new Rules(rules(webhook.array("rules")), List.of()),
                LabelSelector.from(webhook.object("namespaceSelector")),
                LabelSelector.from(webhook.object("objectSelector")), isEquivalent(webhook));
    }

    /** Of the match constraints of a policy, or the match resources of its binding. */
    public static Matching ofResources(JsonObject constraints) {
        var included = rules(constraints.array("resourceRules"));
        return new Matching(new Rules(included.isEmpty() ? List.of(EVERYTHING) : included,
                rules(constraints.array("excludeResourceRules"))),
                LabelSelector.from(constraints.object("namespaceSelector")),
                LabelSelector.from(constraints.object("objectSelector")), isEquivalent(constraints));
    }

    private static final Rule EVERYTHING = new Rule(List.of("*"), List.of("*"), List.of("*"),
            new Rule.Resources(List.of("*/*"), List.of(), "*"));

    private static List<Rule> rules(JsonArray rules) {
        return rules.objects().stream().map(Rule::of).toList();
    }

    private static boolean isEquivalent(JsonObject json) {
        return !json.text("matchPolicy").equals("Exact");
    }

    /** The request as it is to be shown, in the version that a rule names; nothing if none concerns it. */
    public Optional<AdmissionRequest> seen(AdmissionRequest request) {
        if (isExempt(request)) {
            return Optional.empty();
        }
        return shown(request).filter(same -> inNamespace(request) && labelled(request));
    }

    /** The request in the version that a rule names, whatever its namespace and labels are by now. */
    public Optional<AdmissionRequest> shown(AdmissionRequest request) {
        return rules.cover(request) ? Optional.of(request) : inOtherVersion(request);
    }

    private Optional<AdmissionRequest> inOtherVersion(AdmissionRequest request) {
        return equivalent && rules.mayCover(request)
                ? Equivalents.of(request).filter(rules::cover).findFirst() : Optional.empty();
    }

    private static boolean isExempt(AdmissionRequest request) {
        var type = request.key().type();
        return type.group().equals(ADMISSION_GROUP) && EXEMPT.contains(type.plural());
    }

    /** A namespace is judged by its own labels; what is in none is seen always. */
    private boolean inNamespace(AdmissionRequest request) {
        if (namespaces.isAll()) {
            return true;
        }
        var key = request.key();
        if (key.type().equals(Kinds.NAMESPACES)) {
            return namespaces.matches(request.object().labels());
        }
        return key.namespace().isEmpty() || namespaces.matches(labels(request.reader()
                .find(Kinds.NAMESPACES.key(key.namespace()))));
    }

    private static Map<String, String> labels(Optional<KubeObject> object) {
        return object.map(KubeObject::labels).orElse(Map.of());
    }

    /** The state before counts as well, so that nothing escapes by losing a label. */
    private boolean labelled(AdmissionRequest request) {
        return objects.isAll()
                || request.operation() != Operation.DELETE && objects.matches(request.object().labels())
                || request.before().filter(before -> objects.matches(before.labels())).isPresent();
    }
}
