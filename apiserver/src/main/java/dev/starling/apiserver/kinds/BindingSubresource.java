package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.Subresource;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** {@code binding} puts a pod on a node, once. */
final class BindingSubresource implements Subresource {
    private static final String SCHEDULED = "PodScheduled";

    private final InstantSource clock;

    BindingSubresource(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public KubeObject create(Call call, KubeObject binding) {
        var target = binding.tree().object("target");
        check(call, target);
        call.changeOwner(pod -> bound(pod, binding, target.text("name")));
        return Answers.SUCCESS;
    }

    private static void check(Call call, JsonObject target) {
        String kind = target.text("kind");
        if (!kind.isEmpty() && !kind.equals("Node")) {
            throw invalid(call, new Cause("FieldValueNotSupported",
                    "Unsupported value: \"" + kind + "\": supported values: \"Node\", \"<empty>\"", "target.kind"));
        }
        if (target.text("name").isEmpty()) {
            throw invalid(call, new Cause("FieldValueRequired", "Required value", "target.name"));
        }
    }

    private static ApiException invalid(Call call, Cause cause) {
        return ApiException.invalid("", "Binding", call.key().name(), List.of(cause));
    }

    private KubeObject bound(KubeObject pod, KubeObject binding, String node) {
        if (!binding.uid().isEmpty() && !binding.uid().equals(pod.uid())) {
            throw conflict(pod, "Precondition failed: UID in precondition: " + binding.uid()
                    + ", UID in object meta: " + pod.uid());
        }
        if (pod.deleting()) {
            throw conflict(pod, "pod " + pod.name() + " is being deleted, cannot be assigned to a host");
        }
        String current = pod.spec().text("nodeName");
        if (!current.isEmpty()) {
            throw conflict(pod, "pod " + pod.name() + " is already assigned to node \"" + current + "\"");
        }
        var annotated = pod;
        for (var annotation : binding.metadata().object("annotations").entries()) {
            annotated = annotated.with(annotation.getValue(), "metadata", "annotations", annotation.getKey());
        }
        for (var label : binding.metadata().object("labels").entries()) {
            annotated = annotated.with(label.getValue(), "metadata", "labels", label.getKey());
        }
        return annotated.with(node, "spec", "nodeName").with(scheduled(pod), "status", "conditions");
    }

    private static ApiException conflict(KubeObject pod, String why) {
        return ApiException.conflict("pods/binding", pod.name(), why);
    }

    private JsonArray scheduled(KubeObject pod) {
        var conditions = new ArrayList<Json>();
        pod.status().array("conditions").objects().stream()
                .filter(condition -> !condition.text("type").equals(SCHEDULED)).forEach(conditions::add);
        conditions.add(JsonObject.of("type", SCHEDULED, "status", "True",
                "lastTransitionTime", Times.seconds(clock.instant())));
        return JsonArray.of(conditions);
    }
}
