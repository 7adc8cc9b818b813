package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.Part;
import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What cpu and memory the containers of a pod that runs may have. Requests and limits are never taken away, and the
 * pod keeps its quality of service (rules and wording: Kubernetes).
 */
final class PodResize implements Part {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final List<String> LISTS = List.of("containers", "initContainers");
    private static final List<String> FIELDS = List.of("resources", "resizePolicy");
    private static final List<String> AMOUNTS = List.of("requests", "limits");
    private static final List<String> RESIZED = List.of("cpu", "memory");

    @Override
    public KubeObject merged(KubeObject before, KubeObject wanted) {
        if (!sameContainers(before, wanted)) {
            return before.with(wanted.spec(), "spec"); // to be refused
        }
        var merged = before;
        for (String list : LISTS) {
            if (before.spec().has(list)) {
                merged = merged.with(merged(before.spec().array(list), wanted.spec().array(list)), "spec", list);
            }
        }
        return merged;
    }

    private static boolean sameContainers(KubeObject before, KubeObject wanted) {
        return LISTS.stream().allMatch(list -> names(before, list).equals(names(wanted, list)));
    }

    private static List<String> names(KubeObject pod, String list) {
        return pod.spec().array(list).objects().stream().map(container -> container.text("name")).toList();
    }

    private static JsonArray merged(JsonArray before, JsonArray wanted) {
        return JsonArray.of(IntStream.range(0, before.size()).mapToObj(i -> {
            var container = before.at(i).object();
            for (String field : FIELDS) {
                Json value = wanted.at(i).object().at(field);
                container = value.isNull() ? container.without(field) : container.with(field, value);
            }
            return container;
        }).toList());
    }

    @Override
    public JsonObject reached(JsonObject spec) {
        var reached = JsonObject.builder();
        LISTS.stream().filter(spec::has).forEach(list -> reached.put(list, (Json) JsonArray.of(
                spec.array(list).objects().stream().map(PodResize::reachedOf).toList())));
        return reached.build();
    }

    private static JsonObject reachedOf(JsonObject container) {
        var reached = JsonObject.builder().put("name", container.text("name"));
        FIELDS.stream().filter(container::has).forEach(field -> reached.put(field, container.at(field)));
        return reached.build();
    }

    @Override
    public List<Cause> violations(KubeObject before, KubeObject after) {
        var errors = whole(before, after);
        if (errors.isEmpty()) {
            if (!QosClass.of(before).equals(QosClass.of(after))) {
                errors.add(FieldError.invalid(SPEC, before.status().text("qosClass"),
                        "Pod QOS Class may not change as a result of resizing"));
            }
            if (!nodeResizes(before)) {
                errors.add(FieldError.forbidden(SPEC, "Pod running on node without support for resize"));
            }
            LISTS.forEach(list -> containers(before, after, list, errors));
        }
        return errors.stream().map(FieldError::cause).toList();
    }

    /** What can't be resized at all. */
    private static List<FieldError> whole(KubeObject before, KubeObject after) {
        var errors = new ArrayList<FieldError>();
        if (hasAmounts(before) || hasAmounts(after)) {
            errors.add(FieldError.forbidden(FieldPath.ROOT, "pods with pod-level resources cannot be resized"));
        } else if (before.annotations().containsKey(EphemeralContainers.MIRROR)) {
            errors.add(FieldError.forbidden(FieldPath.ROOT, "static pods cannot be resized"));
        } else if (before.spec().text("os", "name").equals("windows")) {
            errors.add(FieldError.forbidden(FieldPath.ROOT, "windows pods cannot be resized"));
        } else if (!sameContainers(before, after)) {
            errors.add(FieldError.forbidden(SPEC, "only cpu and memory resources are mutable"));
        }
        return errors;
    }

    private static boolean hasAmounts(KubeObject pod) {
        return AMOUNTS.stream().anyMatch(part -> !pod.spec().object("resources", part).isEmpty());
    }

    /** A node that can tells of the resources that each container has. Where none runs, nobody knows. */
    private static boolean nodeResizes(KubeObject pod) {
        return pod.status().array("containerStatuses").objects().stream()
                .filter(status -> status.object("state").has("running")).findFirst()
                .map(status -> status.has("resources")).orElse(true);
    }

    private static void containers(KubeObject before, KubeObject after, String list, List<FieldError> errors) {
        for (int i = 0; i < before.spec().array(list).size(); i++) {
            var old = before.spec().array(list).at(i).object();
            var now = after.spec().array(list).at(i).object();
            boolean init = list.equals("initContainers");
            boolean sidecar = init && old.text("restartPolicy").equals("Always");
            if (init && !sidecar) {
                if (!old.equals(now)) {
                    errors.add(FieldError.forbidden(SPEC, "resources for non-sidecar init containers are immutable"));
                }
                continue;
            }
            removed(old, now, SPEC.child(list).index(i).child("resources"), errors);
            if (!fixed(old).equals(fixed(now))) {
                errors.add(FieldError.forbidden(SPEC, sidecar
                        ? "only cpu and memory resources for sidecar containers are mutable"
                        : "only cpu and memory resources are mutable"));
            }
        }
    }

    private static void removed(JsonObject old, JsonObject now, FieldPath path, List<FieldError> errors) {
        for (String part : AMOUNTS) {
            var kept = now.object("resources", part).names();
            if (!old.object("resources", part).names().stream().allMatch(kept::contains)) {
                errors.add(FieldError.forbidden(path.child(part), "resource " + part + " cannot be removed"));
            }
        }
    }

    /** All of a container but what may be resized. */
    private static JsonObject fixed(JsonObject container) {
        var resources = container.object("resources");
        for (String part : AMOUNTS) {
            var amounts = resources.object(part);
            for (String name : RESIZED) {
                amounts = amounts.without(name);
            }
            resources = amounts.isEmpty() ? resources.without(part) : resources.with(part, amounts);
        }
        return resources.isEmpty() ? container.without("resources") : container.with("resources", resources);
    }
}
