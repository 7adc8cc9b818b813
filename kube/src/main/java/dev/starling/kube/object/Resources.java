package dev.starling.kube.object;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Amounts of resources by name: CPU in thousandths, everything else in whole units. A name that is absent counts 0.
 */
public record Resources(Map<String, Long> amounts) {
    public static final String CPU = "cpu";
    public static final String MEMORY = "memory";
    public static final String PODS = "pods";
    public static final Resources NONE = new Resources(Map.of());

    public Resources {
        amounts = Map.copyOf(amounts);
    }

    /** Reads a resource list; an amount that is no quantity counts nothing, as no validated object has one. */
    public static Resources of(JsonObject list) {
        var amounts = new HashMap<String, Long>();
        list.forEach((name, value) -> Quantity.tryParse(text(value)).ifPresent(q ->
                amounts.put(name, name.equals(CPU) ? q.millis() : q.units())));
        return new Resources(amounts);
    }

    private static String text(Json value) {
        return value instanceof JsonString(var text) ? text : value.toString();
    }

    public long amount(String name) {
        return amounts.getOrDefault(name, 0L);
    }

    public Resources plus(Resources other) {
        if (other.amounts.isEmpty()) {
            return this;
        }
        var sum = new HashMap<>(amounts);
        other.amounts.forEach((name, amount) -> sum.merge(name, amount, Math::addExact));
        return new Resources(sum);
    }

    public Resources minus(Resources other) {
        var rest = new HashMap<>(amounts);
        other.amounts.forEach((name, amount) -> rest.merge(name, -amount, Math::addExact));
        return new Resources(rest);
    }

    /** The greater amount of each name. */
    public Resources max(Resources other) {
        var most = new HashMap<>(amounts);
        other.amounts.forEach((name, amount) -> most.merge(name, amount, Math::max));
        return new Resources(most);
    }

    /** The names by which this exceeds what is free, in order. Zero amounts never exceed. */
    public List<String> exceeding(Resources free) {
        return new TreeMap<>(amounts).entrySet().stream()
                .filter(e -> e.getValue() > 0 && e.getValue() > free.amount(e.getKey()))
                .map(Map.Entry::getKey).toList();
    }

    /**
     * What a pod asks of its node: the sum of its containers and sidecars, or its greediest moment during
     * initialization, whichever is more; overhead on top; and one place among the node's pods (source: KEP-753,
     * KEP-688; requests of the pod as a whole, where it has them, replace the sums, KEP-2837).
     */
    public static Resources ofPod(KubeObject pod) {
        var spec = pod.spec();
        var running = NONE;
        for (var container : spec.array("containers").objects()) {
            running = running.plus(of(container.object("resources", "requests")));
        }
        var sidecars = NONE;
        var starting = NONE;
        for (var container : spec.array("initContainers").objects()) {
            var request = of(container.object("resources", "requests"));
            if (container.text("restartPolicy").equals("Always")) {
                sidecars = sidecars.plus(request);
                starting = starting.max(sidecars);
            } else {
                starting = starting.max(sidecars.plus(request));
            }
        }
        var asked = new HashMap<>(running.plus(sidecars).max(starting).amounts());
        asked.putAll(of(spec.object("resources", "requests")).amounts());
        asked.put(PODS, 1L);
        return new Resources(asked).plus(of(spec.object("overhead")));
    }
}
