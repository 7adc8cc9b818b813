package dev.starling.node.pod;

import dev.starling.kube.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Values of {@code fieldRef} and {@code resourceFieldRef}: facts about a pod that its containers may ask for. */
public final class Fields {
    private static final List<String> MAPS = List.of("metadata.labels", "metadata.annotations");

    private Fields() {
    }

    /** Facts that only the node knows. */
    public record Place(String hostIp, String podIp, Resources node) {
    }

    /** @throws MissingConfigException if the path names no field that is offered */
    public static String value(PodView pod, String path, Place place) {
        return switch (path) {
            case "metadata.name" -> pod.name();
            case "metadata.namespace" -> pod.namespace();
            case "metadata.uid" -> pod.uid();
            case "metadata.labels" -> lines(pod.object().labels());
            case "metadata.annotations" -> lines(pod.object().annotations());
            case "spec.nodeName" -> pod.nodeName();
            case "spec.serviceAccountName" -> pod.serviceAccount();
            case "status.hostIP", "status.hostIPs" -> place.hostIp();
            case "status.podIP", "status.podIPs" -> place.podIp();
            default -> entry(pod, path);
        };
    }

    private static String entry(PodView pod, String path) {
        for (String map : MAPS) {
            if (path.startsWith(map + "['") && path.endsWith("']")) {
                String key = path.substring(map.length() + 2, path.length() - 2);
                return pod.object().metadata().text(map.substring("metadata.".length()), key);
            }
        }
        throw new MissingConfigException("unsupported fieldPath: " + path);
    }

    /** {@code key="value"} in the order of keys, as the downward API writes maps. */
    private static String lines(Map<String, String> map) {
        return map.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .map(e -> e.getKey() + "=\"" + e.getValue().replace("\\", "\\\\").replace("\"", "\\\"")
                        .replace("\n", "\\n") + "\"")
                .collect(Collectors.joining("\n"));
    }

    /** The value of a {@code resourceFieldRef} within a container, or of the container that it names. */
    public static String resource(PodView pod, JsonObject ref, String ownContainer, Place place) {
        String named = ref.text("containerName");
        String name = named.isEmpty() ? ownContainer : named;
        var container = pod.container(name)
                .orElseThrow(() -> new MissingConfigException("container " + name + " not found"));
        var divisor = ref.at("divisor");
        String by = divisor.text().isEmpty() && !divisor.isNull() ? divisor.toString() : divisor.text();
        return Resources.field(container.json(), ref.text("resource"), by, place.node());
    }
}
