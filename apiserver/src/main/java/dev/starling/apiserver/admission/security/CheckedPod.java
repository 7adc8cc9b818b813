package dev.starling.apiserver.admission.security;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A pod or a template of pods, as checks look at it: all its containers in one list. */
record CheckedPod(Map<String, String> annotations, JsonObject spec, List<JsonObject> containers) {

    static CheckedPod of(JsonObject podOrTemplate) {
        var spec = podOrTemplate.object("spec");
        return new CheckedPod(podOrTemplate.object("metadata", "annotations").texts(), spec,
                Stream.of("initContainers", "containers", "ephemeralContainers")
                        .flatMap(list -> spec.array(list).objects().stream()).toList());
    }

    JsonObject context() {
        return spec.object("securityContext");
    }

    boolean isWindows() {
        return spec.text("os", "name").equals("windows");
    }

    /** The names of the containers whose security context is so. */
    List<String> containersWith(Predicate<JsonObject> context) {
        return containers.stream().filter(container -> context.test(container.object("securityContext")))
                .map(container -> container.text("name")).toList();
    }

    /** The security contexts of the pod and its containers. */
    Stream<JsonObject> contexts() {
        return Stream.concat(Stream.of(context()),
                containers.stream().map(container -> container.object("securityContext")));
    }

    static boolean given(JsonObject context, String... path) {
        Json value = context.at(path);
        return !value.isNull();
    }
}
