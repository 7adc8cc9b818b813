package dev.starling.apiserver.admission.limits;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.ArrayList;
import java.util.List;

/** Gives the containers of new pods what a LimitRange has for those that say nothing, and notes that on the pod. */
public final class LimitDefaults implements Admission {
    private static final String NOTE = "kubernetes.io/limit-ranger";

    @Override
    public KubeObject admit(AdmissionRequest request) {
        if (request.key().type().equals(Kinds.LIMIT_RANGES) && request.key().subresource().isEmpty()
                && (request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE)) {
            return LimitRanges.defaulted(request.object());
        }
        var object = request.object();
        if (request.key().type().equals(Kinds.PODS)) {
            for (var range : LimitRanges.of(request)) {
                object = filled(object, LimitRanges.items(range));
            }
        }
        return object;
    }

    private static KubeObject filled(KubeObject pod, List<Limit> limits) {
        var ofContainers = limits.stream().filter(limit -> limit.type().equals(LimitRanges.CONTAINER)).toList();
        var notes = new ArrayList<String>();
        var filled = pod;
        for (String list : List.of("containers", "initContainers")) {
            String noun = list.equals("containers") ? "container " : "init container ";
            var containers = pod.spec().array(list).objects().stream()
                    .map(container -> (Json) filled(container, ofContainers, noun, notes)).toList();
            filled = containers.isEmpty() ? filled : filled.with(JsonArray.of(containers), "spec", list);
        }
        return notes.isEmpty() ? pod : filled.with("LimitRanger plugin set: " + String.join("; ", notes),
                "metadata", "annotations", NOTE);
    }

    private static JsonObject filled(JsonObject container, List<Limit> limits, String noun, List<String> notes) {
        var requests = container.object("resources", "requests");
        var bounds = container.object("resources", "limits");
        var newRequests = requests;
        var newBounds = bounds;
        for (var limit : limits) {
            newRequests = LimitRanges.orElse(newRequests, limit.defaultRequests());
            newBounds = LimitRanges.orElse(newBounds, limit.defaults());
        }
        String name = noun + container.text("name");
        note(requests, newRequests, " request for " + name, notes);
        note(bounds, newBounds, " limit for " + name, notes);
        var asked = newRequests.size() == requests.size() ? container
                : container.withAt(newRequests, "resources", "requests");
        return newBounds.size() == bounds.size() ? asked : asked.withAt(newBounds, "resources", "limits");
    }

    private static void note(JsonObject before, JsonObject after, String what, List<String> notes) {
        var added = after.names().stream().filter(name -> !before.has(name)).sorted().toList();
        if (!added.isEmpty()) {
            notes.add(String.join(", ", added) + what);
        }
    }
}
