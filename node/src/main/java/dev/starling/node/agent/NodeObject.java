package dev.starling.node.agent;

import dev.starling.kube.api.Release;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Quantity;
import dev.starling.kube.object.Times;
import dev.starling.node.pod.Resources;
import dev.starling.node.pool.Capacity;
import dev.starling.node.runtime.RuntimeFacts;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** The Node that a pool is shown as: a pure function of settings, capacity and facts. */
final class NodeObject {
    static final String TAINT = "virtual-kubelet.io/provider";

    private NodeObject() {
    }

    /** The fields that identify the node: metadata and spec. */
    static JsonObject identity(NodeSettings settings) {
        var labels = new LinkedHashMap<String, String>();
        labels.put("type", "virtual-kubelet");
        labels.put("kubernetes.io/os", "linux");
        labels.put("kubernetes.io/arch", architecture());
        labels.put("kubernetes.io/hostname", settings.name());
        labels.put("kubernetes.io/role", "agent");
        labels.put("node.kubernetes.io/exclude-from-external-load-balancers", "true");
        labels.putAll(settings.labels());
        var taints = settings.taint() ? JsonArray.of(JsonObject.of("key", TAINT, "value", "starling",
                "effect", "NoSchedule")) : JsonArray.EMPTY;
        return JsonObject.of("apiVersion", "v1", "kind", "Node",
                "metadata", JsonObject.of("name", settings.name(), "labels", JsonObject.strings(labels)),
                "spec", taints.isEmpty() ? JsonObject.EMPTY : JsonObject.of("taints", taints));
    }

    static String architecture() {
        return switch (System.getProperty("os.arch")) {
            case "aarch64" -> "arm64";
            default -> "amd64";
        };
    }

    /** What the node's status says of the machine behind it. */
    record Reading(Capacity capacity, long storageBytes, RuntimeFacts runtime, boolean ready) {
    }

    static JsonObject status(NodeSettings settings, Reading reading, JsonObject old, Instant now) {
        var capacity = reading.capacity();
        var addresses = JsonArray.of(JsonObject.of("type", "InternalIP", "address", settings.address()),
                JsonObject.of("type", "Hostname", "address", settings.name()));
        var runtime = reading.runtime();
        var info = JsonObject.builder().put("architecture", architecture()).put("operatingSystem", "linux")
                .put("kernelVersion", System.getProperty("os.version"))
                .put("osImage", "Starling virtual node").put("kubeletVersion", Release.VERSION)
                .put("kubeProxyVersion", Release.VERSION).put("bootID", "").put("machineID", "").put("systemUUID", "")
                .put("containerRuntimeVersion", runtime.name() + "://" + runtime.version()).build();
        long storage = reading.storageBytes();
        return JsonObject.of("capacity", amounts(capacity.total(), storage, capacity.pods()),
                "allocatable", amounts(capacity.allocatable(), storage / 10 * 9, capacity.pods()),
                "addresses", addresses, "nodeInfo", info, "conditions", conditions(reading.ready(), old, now),
                "daemonEndpoints", JsonObject.of("kubeletEndpoint", JsonObject.of("Port", 10250)));
    }

    private static JsonObject amounts(Resources resources, long storageBytes, int pods) {
        return JsonObject.of("cpu", Quantity.ofMillis(resources.cpuMillis()).toString(),
                "memory", Quantity.ofBytes(resources.memoryBytes() >> 10 << 10).toString(),
                Resources.STORAGE, Quantity.ofBytes(storageBytes >> 10 << 10).toString(),
                "pods", Integer.toString(pods));
    }

    private static JsonArray conditions(boolean ready, JsonObject old, Instant now) {
        var wanted = new LinkedHashMap<String, Json>();
        wanted.put("MemoryPressure", condition("False", "KubeletHasSufficientMemory",
                "kubelet has sufficient memory available"));
        wanted.put("DiskPressure", condition("False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"));
        wanted.put("PIDPressure", condition("False", "KubeletHasSufficientPID",
                "kubelet has sufficient PID available"));
        wanted.put("NetworkUnavailable", condition("False", "RouteCreated", "pods have routed addresses"));
        wanted.put("Ready", ready ? condition("True", "KubeletReady", "virtual node is ready")
                : condition("False", "KubeletNotReady", "virtual node is stopping"));
        var conditions = JsonArray.EMPTY;
        for (var entry : wanted.entrySet()) {
            conditions = conditions.plus(timed(entry, old, now));
        }
        return conditions;
    }

    private static JsonObject condition(String status, String reason, String message) {
        return JsonObject.of("status", status, "reason", reason, "message", message);
    }

    private static JsonObject timed(Map.Entry<String, Json> wanted, JsonObject old, Instant now) {
        var before = old.array("conditions").objects().stream()
                .filter(c -> c.text("type").equals(wanted.getKey())).findFirst().orElse(JsonObject.EMPTY);
        var after = wanted.getValue().object();
        boolean same = before.text("status").equals(after.text("status"));
        String since = same ? before.text("lastTransitionTime") : Times.seconds(now);
        return JsonObject.builder().put("type", wanted.getKey()).putAll(after)
                .put("lastHeartbeatTime", Times.seconds(now)).put("lastTransitionTime", since).build();
    }
}
