package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.ComputedResource;
import dev.starling.apiserver.registry.ServedResource;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** The health of the server's own parts, as the deprecated {@code componentstatuses} show it. */
public final class ComponentStatuses implements ComputedResource {
    private final Map<String, BooleanSupplier> checks;

    /** @param checks by the name of the component */
    public ComponentStatuses(Map<String, BooleanSupplier> checks) {
        this.checks = Collections.unmodifiableMap(new TreeMap<>(checks));
    }

    @Override
    public ResourceType type() {
        return Kinds.COMPONENT_STATUSES;
    }

    @Override
    public ServedResource served() {
        var verbs = ServedResource.READ_VERBS;
        return new ServedResource(type(), "componentstatus", verbs, List.of("cs"), List.of(), List.of(), false);
    }

    @Override
    public String deprecation() {
        return "v1 ComponentStatus is deprecated in v1.19+";
    }

    @Override
    public List<KubeObject> list(String namespace) {
        return checks.entrySet().stream().map(check -> status(check.getKey(), check.getValue())).toList();
    }

    @Override
    public Optional<KubeObject> find(String namespace, String name) {
        return Optional.ofNullable(checks.get(name)).map(check -> status(name, check));
    }

    private static KubeObject status(String name, BooleanSupplier check) {
        boolean healthy = check.getAsBoolean();
        var condition = JsonObject.builder().put("type", "Healthy").put("status", healthy ? "True" : "False")
                .put("message", healthy ? "ok" : "").put("error", healthy ? "" : "not ready").build();
        return KubeObject.of(JsonObject.of("kind", "ComponentStatus", "apiVersion", "v1",
                "metadata", JsonObject.of("name", name), "conditions", List.of(condition)));
    }
}
