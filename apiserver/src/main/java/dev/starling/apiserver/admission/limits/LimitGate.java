package dev.starling.apiserver.admission.limits;

import dev.starling.apiserver.admission.amount.PodAmounts;
import dev.starling.apiserver.admission.limits.Limit.Asked;
import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.stream.Stream;

/** Refuses pods and claims that ask for less or more than a LimitRange of their namespace allows. */
public final class LimitGate implements Admission {

    @Override
    public KubeObject admit(AdmissionRequest request) {
        for (var range : LimitRanges.of(request)) {
            var wrong = LimitRanges.items(range).stream()
                    .flatMap(limit -> violations(limit, request).stream()).distinct().toList();
            if (!wrong.isEmpty()) {
                throw ApiException.forbidden(request.key().type().qualifiedPlural(), request.key().name(),
                        wrong.size() == 1 ? wrong.getFirst() : "[" + String.join(", ", wrong) + "]");
            }
        }
        return request.object();
    }

    private static List<String> violations(Limit limit, AdmissionRequest request) {
        var object = request.object();
        if (!request.key().type().equals(Kinds.PODS)) {
            return limit.type().equals("PersistentVolumeClaim")
                    ? limit.requestViolations(Asked.of(object.spec().object("resources")).requests()) : List.of();
        }
        return switch (limit.type()) {
            case LimitRanges.CONTAINER -> Stream.of("containers", "initContainers")
                    .flatMap(list -> object.spec().array(list).objects().stream())
                    .flatMap(container -> limit.violations(Asked.of(container.object("resources"))).stream())
                    .toList();
            case "Pod" -> limit.violations(new Asked(PodAmounts.asked(object, "requests"),
                    PodAmounts.asked(object, "limits")));
            default -> List.of();
        };
    }
}
