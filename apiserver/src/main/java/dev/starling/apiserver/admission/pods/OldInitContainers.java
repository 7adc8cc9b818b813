package dev.starling.apiserver.admission.pods;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The annotations by which pods declared init containers before Kubernetes 1.8. Kubernetes drops them in silence; here
 * the caller is warned. In a namespace labelled for it they become {@code spec.initContainers}, before anything looks
 * at the pod. Never does an annotation run what quotas and policies have not seen.
 */
public final class OldInitContainers implements Admission {
    public static final String LABEL = "starling.dev/legacy-init-containers";

    private static final String CONVERT = "convert";
    private static final List<String> KEYS =
            List.of("pod.beta.kubernetes.io/init-containers", "pod.alpha.kubernetes.io/init-containers");
    private static final List<String> ALL = Stream.concat(KEYS.stream(), Stream.of(
            "pod.beta.kubernetes.io/init-container-statuses", "pod.alpha.kubernetes.io/init-container-statuses"))
            .toList();
    private static final List<String> TEMPLATE = List.of("spec", "template");
    private static final Map<String, List<String>> PLACES = Map.of("pods", List.of(),
            "replicationcontrollers", TEMPLATE, "podtemplates", List.of("template"), "replicasets.apps", TEMPLATE,
            "deployments.apps", TEMPLATE, "statefulsets.apps", TEMPLATE, "daemonsets.apps", TEMPLATE,
            "jobs.batch", TEMPLATE, "cronjobs.batch", List.of("spec", "jobTemplate", "spec", "template"));

    @Override
    public KubeObject admit(AdmissionRequest request) {
        boolean writes = request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE;
        return writes && request.key().subresource().isEmpty()
                ? Optional.ofNullable(PLACES.get(request.key().type().qualifiedPlural()))
                        .map(place -> modern(request, place)).orElse(request.object())
                : request.object();
    }

    private static KubeObject modern(AdmissionRequest request, List<String> place) {
        var tree = request.object().tree();
        var pod = place.isEmpty() ? tree : tree.object(place.toArray(String[]::new));
        var annotations = pod.object("metadata", "annotations");
        if (ALL.stream().noneMatch(annotations::has)) {
            return request.object();
        }
        boolean converts = converts(request);
        var changed = converts ? converted(request, pod, place) : pod;
        if (!converts) {
            KEYS.stream().filter(annotations::has).forEach(key -> request.warnings().add("annotation " + key
                    + " is ignored and dropped: Kubernetes has not read it since 1.8; use spec.initContainers"));
        }
        for (String key : ALL) {
            changed = changed.withoutAt("metadata", "annotations", key);
        }
        if (changed.object("metadata", "annotations").isEmpty()) {
            changed = changed.withoutAt("metadata", "annotations");
        }
        var object = place.isEmpty() ? KubeObject.of(changed)
                : request.object().with(changed, place.toArray(String[]::new));
        return converts ? request.redefaulted(object) : object;
    }

    private static boolean converts(AdmissionRequest request) {
        return request.reader().find(Kinds.NAMESPACES.key(request.key().namespace()))
                .filter(namespace -> namespace.labels().getOrDefault(LABEL, "").equals(CONVERT)).isPresent();
    }

    private static JsonObject converted(AdmissionRequest request, JsonObject pod, List<String> place) {
        var key = KEYS.stream().filter(pod.object("metadata", "annotations")::has).findFirst();
        if (key.isEmpty()) {
            return pod;
        }
        var given = pod.array("spec", "initContainers");
        var converted = containers(request, key.get(), pod.text("metadata", "annotations", key.get()));
        boolean again = names(given).equals(names(converted)) && request.before().map(KubeObject::tree)
                .map(tree -> place.isEmpty() ? tree : tree.object(place.toArray(String[]::new)))
                .filter(before -> before.array("spec", "initContainers").equals(given)).isPresent();
        if (!given.isEmpty() && !again) {
            throw refused(request, "both spec.initContainers and the annotation " + key.get()
                    + " are given; keep spec.initContainers only");
        }
        return pod.withAt(converted, "spec", "initContainers");
    }

    /** Who applies his manifest once more brings the annotation along, beside what is stored since the first time. */
    private static List<String> names(JsonArray containers) {
        return containers.objects().stream().map(container -> container.text("name")).toList();
    }

    private static JsonArray containers(AdmissionRequest request, String key, String json) {
        try {
            var containers = JsonReader.read(json.getBytes(StandardCharsets.UTF_8));
            if (containers instanceof JsonArray array) {
                return array;
            }
        } catch (JsonException e) {
            throw refused(request, "the annotation " + key + " is no JSON: " + e.getMessage());
        }
        throw refused(request, "the annotation " + key + " is no list of containers");
    }

    private static ApiException refused(AdmissionRequest request, String why) {
        return ApiException.forbidden(request.key().type().qualifiedPlural(), request.key().name(), why);
    }
}
