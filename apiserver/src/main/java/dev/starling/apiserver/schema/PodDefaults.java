package dev.starling.apiserver.schema;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.util.List;
import java.util.function.UnaryOperator;

/** The defaults of pods and of their templates that depend on other fields. */
final class PodDefaults {
    private static final List<String> CONTAINERS = List.of("initContainers", "containers", "ephemeralContainers");

    private PodDefaults() {
    }

    /** A pod: requests follow limits here, while templates keep what was written. */
    static JsonObject pod(JsonObject pod) {
        JsonObject spec = spec(pod.object("spec"));
        for (String list : List.of("initContainers", "containers")) {
            spec = each(spec, list, PodDefaults::requests);
        }
        return pod.with("spec", Defaults.fill(spec, JsonBoolean.TRUE, "enableServiceLinks"));
    }

    /** The spec of a pod or of a template. */
    static JsonObject spec(JsonObject spec) {
        JsonObject filled = each(spec, "volumes", PodDefaults::volume);
        boolean hostNetwork = spec.flag("hostNetwork");
        for (String list : CONTAINERS) {
            filled = each(filled, list, PodDefaults::pullPolicy);
            if (hostNetwork) {
                filled = each(filled, list, container -> each(container, "ports", PodDefaults::hostPort));
            }
        }
        return filled;
    }

    private static JsonObject each(JsonObject owner, String list, UnaryOperator<JsonObject> change) {
        return owner.has(list)
                ? owner.with(list, JsonArray.of(owner.array(list).objects().stream().map(change).toList())) : owner;
    }

    private static JsonObject volume(JsonObject volume) {
        boolean bare = volume.names().stream().allMatch("name"::equals);
        return bare ? volume.with("emptyDir", JsonObject.EMPTY) : volume;
    }

    private static JsonObject hostPort(JsonObject port) {
        return port.at("hostPort").number(0) == 0 && port.has("containerPort")
                ? port.with("hostPort", port.at("containerPort")) : port;
    }

    private static JsonObject pullPolicy(JsonObject container) {
        if (!container.text("imagePullPolicy").isEmpty()) {
            return container;
        }
        String policy = isLatest(container.text("image")) ? "Always" : "IfNotPresent";
        return container.with("imagePullPolicy", new JsonString(policy));
    }

    /** A reference without tag and digest means {@code latest}; a colon before the last slash is a port. */
    private static boolean isLatest(String image) {
        if (image.contains("@")) {
            return false;
        }
        String name = image.substring(image.lastIndexOf('/') + 1);
        int colon = name.indexOf(':');
        return colon < 0 || name.substring(colon + 1).equals("latest");
    }

    private static JsonObject requests(JsonObject container) {
        JsonObject limits = container.object("resources", "limits");
        JsonObject requests = container.object("resources", "requests");
        for (var limit : limits.entries()) {
            requests = requests.has(limit.getKey()) ? requests : requests.with(limit.getKey(), limit.getValue());
        }
        Json before = container.at("resources", "requests");
        return requests.equals(before.object()) ? container : container.withAt(requests, "resources", "requests");
    }
}
