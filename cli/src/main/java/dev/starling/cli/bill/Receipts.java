package dev.starling.cli.bill;

import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.KubeObject;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Cold-start receipts: milliseconds by stage of a pod's start. */
public final class Receipts {
    private static final String ANNOTATION = "starling.dev/receipt";
    private static final List<String> STAGES = List.of("admission", "queue", "schedule", "sandboxFrom", "sandbox",
            "image", "volumes", "create", "start", "readiness");
    private static final String TOTAL = "total";

    private Receipts() {
    }

    /** The receipts that pods carry, by the pods' uids. */
    public static Map<String, JsonObject> of(Collection<KubeObject> pods) {
        var receipts = new HashMap<String, JsonObject>();
        for (var pod : pods) {
            String text = pod.annotations().getOrDefault(ANNOTATION, "");
            if (!text.isEmpty()) {
                receipts.put(pod.uid(), parse(text));
            }
        }
        return receipts;
    }

    /** The receipt in a text; the empty object if the text is none, as an annotation may hold anything. */
    static JsonObject parse(String text) {
        try {
            return JsonReader.readObject(text.getBytes(StandardCharsets.UTF_8));
        } catch (JsonException e) {
            return JsonObject.EMPTY;
        }
    }

    /** The stages that these usages tell of, in the order in which they happen; the total is last. */
    static List<String> stages(List<Usage> usages) {
        Set<String> told = new LinkedHashSet<>();
        usages.forEach(usage -> told.addAll(usage.receipt().names()));
        var stages = new LinkedHashSet<>(STAGES);
        stages.retainAll(told);
        stages.addAll(told);
        boolean total = stages.remove(TOTAL);
        if (total) {
            stages.add(TOTAL);
        }
        return List.copyOf(stages);
    }
}
