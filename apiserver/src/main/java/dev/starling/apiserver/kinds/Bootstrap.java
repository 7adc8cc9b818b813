package dev.starling.apiserver.kinds;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes what every cluster has from its first moment. May run at each start. */
public final class Bootstrap {
    private static final List<String> NAMESPACES = List.of("default", "kube-system", "kube-public", "kube-node-lease");
    private static final String SERVICE = "kubernetes";

    private static final Map<String, Priority> PRIORITIES = Map.of(
            "system-cluster-critical", new Priority(2_000_000_000L, "Used for system critical pods that must run in "
                    + "the cluster, but can be moved to another node if necessary."),
            "system-node-critical", new Priority(2_000_001_000L,
                    "Used for system critical pods that must not be moved from their current node."));

    private final KubeApi api;

    private record Priority(long value, String description) {
    }

    public Bootstrap(KubeApi api) {
        this.api = api;
    }

    /**
     * Where pods reach the API server.
     *
     * @param serviceAddress the first of the range of services
     * @param serverAddress where the server listens for pods
     */
    public record Entrance(String serviceAddress, String serverAddress, int serverPort) {
    }

    /** Makes the namespaces with their default service accounts, and the service of the API server itself. */
    public void run(Entrance entrance) {
        for (String namespace : NAMESPACES) {
            ensure(Kinds.NAMESPACES, KubeObject.named(Kinds.NAMESPACES, "", namespace));
            ensure(Kinds.SERVICE_ACCOUNTS, KubeObject.named(Kinds.SERVICE_ACCOUNTS, namespace, "default"));
        }
        PRIORITIES.forEach(this::ensurePriority);
        var service = service(entrance);
        var stored = find(service.key(Kinds.SERVICES));
        boolean moved = stored.isPresent()
                && !stored.get().spec().text("clusterIP").equals(entrance.serviceAddress());
        if (moved) {
            api.delete(service.key(Kinds.SERVICES));
        }
        if (moved || stored.isEmpty()) {
            api.create(service.key(Kinds.SERVICES), service);
        }
        ensureSame(Kinds.ENDPOINT_SLICES, slice(entrance));
        ensureSame(Kinds.ENDPOINTS, endpoints(entrance));
    }

    private void ensurePriority(String name, Priority priority) {
        ensure(Kinds.PRIORITY_CLASSES, KubeObject.named(Kinds.PRIORITY_CLASSES, "", name)
                .with(new JsonLong(priority.value()), "value").with(priority.description(), "description"));
    }

    /** Looks first: at every start but the first it is there, and to look costs far less than to be refused. */
    private void ensure(ResourceType type, KubeObject object) {
        var key = object.key(type);
        if (find(key).isEmpty()) {
            api.create(key, object);
        }
    }

    private void ensureSame(ResourceType type, KubeObject object) {
        var key = object.key(type);
        var stored = find(key);
        if (stored.isEmpty()) {
            api.create(key, object);
        } else if (List.of("endpoints", "ports", "subsets").stream()
                .anyMatch(field -> !stored.get().tree().at(field).equals(object.tree().at(field)))) {
            api.update(key, object);
        }
    }

    private Optional<KubeObject> find(ObjectKey key) {
        try {
            return Optional.of(api.get(key));
        } catch (ApiException e) {
            if (e.is(Reason.NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static KubeObject service(Entrance entrance) {
        var port = JsonObject.of("name", "https", "protocol", "TCP", "port", 443,
                "targetPort", entrance.serverPort());
        return KubeObject.named(Kinds.SERVICES, "default", SERVICE)
                .with(JsonObject.strings(Map.of("component", "apiserver", "provider", SERVICE)), "metadata", "labels")
                .with(JsonObject.of("clusterIP", entrance.serviceAddress(), "type", "ClusterIP",
                        "ports", JsonArray.of(port)), "spec");
    }

    /** For clients that do not know slices; nobody is to mirror them. */
    private static KubeObject endpoints(Entrance entrance) {
        var port = JsonObject.of("name", "https", "protocol", "TCP", "port", entrance.serverPort());
        return KubeObject.named(Kinds.ENDPOINTS, "default", SERVICE)
                .with("true", "metadata", "labels", "endpointslice.kubernetes.io/skip-mirror")
                .with(JsonArray.of(JsonObject.of("addresses",
                        JsonArray.of(JsonObject.of("ip", entrance.serverAddress())), "ports", JsonArray.of(port))),
                        "subsets");
    }

    private static KubeObject slice(Entrance entrance) {
        var endpoint = JsonObject.of("addresses", List.of(entrance.serverAddress()),
                "conditions", JsonObject.of("ready", true));
        var port = JsonObject.of("name", "https", "protocol", "TCP", "port", entrance.serverPort());
        return KubeObject.named(Kinds.ENDPOINT_SLICES, "default", SERVICE)
                .with(SERVICE, "metadata", "labels", "kubernetes.io/service-name")
                .with("IPv4", "addressType")
                .with(JsonArray.of(endpoint), "endpoints").with(JsonArray.of(port), "ports");
    }
}
