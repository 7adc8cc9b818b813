package dev.starling.apiserver.admission.pods;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.Comparator;
import java.util.Optional;

/**
 * Gives each new pod the priority of its class, or of the class for all (rules and wording: the Priority admission of
 * Kubernetes), and sees to it that no two classes are for all.
 */
public final class PriorityAdmission implements Admission {
    private static final String PREEMPTS = "PreemptLowerPriority";

    @Override
    public KubeObject admit(AdmissionRequest request) {
        var key = request.key();
        if (request.creates(Kinds.PODS)) {
            return prioritized(request);
        }
        if (key.type().equals(Kinds.PODS) && key.subresource().isEmpty()
                && request.operation() == Operation.UPDATE) {
            return request.before().map(before -> kept(before, request.object())).orElse(request.object());
        }
        if (key.type().equals(Kinds.PRIORITY_CLASSES) && (request.operation() == Operation.CREATE
                || request.operation() == Operation.UPDATE) && request.object().tree().flag("globalDefault")) {
            checkAlone(request);
        }
        return request.object();
    }

    private static KubeObject prioritized(AdmissionRequest request) {
        var pod = request.object();
        String name = pod.spec().text("priorityClassName");
        var found = name.isEmpty() ? ofAll(request)
                : request.reader().find(Kinds.PRIORITY_CLASSES.key(name));
        if (found.isEmpty() && !name.isEmpty()) {
            throw refused(pod, "no PriorityClass with name " + name + " was found");
        }
        long priority = found.map(each -> each.tree().at("value").number(0)).orElse(0L);
        String preemption = found.map(each -> each.tree().text("preemptionPolicy")).filter(text -> !text.isEmpty())
                .orElse(PREEMPTS);
        checkGiven(pod, priority, preemption);
        var named = found.map(each -> pod.with(each.name(), "spec", "priorityClassName")).orElse(pod);
        return named.with(new JsonLong(priority), "spec", "priority").with(preemption, "spec", "preemptionPolicy");
    }

    private static void checkGiven(KubeObject pod, long priority, String preemption) {
        var given = pod.spec().at("priority");
        if (!given.isNull() && given.number(0) != priority) {
            throw refused(pod, "the integer value of priority (" + given + ") must not be provided in pod spec; "
                    + "priority admission controller computed " + priority + " from the given PriorityClass name");
        }
        String policy = pod.spec().text("preemptionPolicy");
        if (!policy.isEmpty() && !policy.equals(preemption)) {
            throw refused(pod, "the string value of PreemptionPolicy (" + policy + ") must not be provided in pod "
                    + "spec; priority admission controller computed " + preemption
                    + " from the given PriorityClass name");
        }
    }

    private static ApiException refused(KubeObject pod, String why) {
        return ApiException.forbidden(Kinds.PODS.qualifiedPlural(), pod.name(), why);
    }

    /** Several can come to be for all only by a race; then the lowest counts. */
    private static Optional<KubeObject> ofAll(AdmissionRequest request) {
        return request.reader().all(Kinds.PRIORITY_CLASSES, "").stream()
                .filter(each -> each.tree().flag("globalDefault"))
                .min(Comparator.comparingLong(each -> each.tree().at("value").number(0)));
    }

    /** An update that does not speak of them keeps them. */
    private static KubeObject kept(KubeObject before, KubeObject after) {
        var ranked = after.spec().has("priority") || !before.spec().has("priority") ? after
                : after.with(before.spec().at("priority"), "spec", "priority");
        return ranked.spec().has("preemptionPolicy") || !before.spec().has("preemptionPolicy") ? ranked
                : ranked.with(before.spec().at("preemptionPolicy"), "spec", "preemptionPolicy");
    }

    private static void checkAlone(AdmissionRequest request) {
        ofAll(request).filter(other -> !other.name().equals(request.key().name())).ifPresent(other -> {
            throw ApiException.forbidden(Kinds.PRIORITY_CLASSES.qualifiedPlural(), request.key().name(),
                    "PriorityClass " + other.name() + " is already marked as default. Only one default can exist");
        });
    }
}
