package dev.starling.apiserver.kinds;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Quantity;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The quality of service that a pod's requests and limits of cpu and memory earn. */
enum QosClass {
    GUARANTEED("Guaranteed"), BURSTABLE("Burstable"), BEST_EFFORT("BestEffort");

    private static final List<String> COUNTED = List.of("cpu", "memory");

    private final String text;

    QosClass(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    static QosClass of(KubeObject pod) {
        var resources = Stream.of("containers", "initContainers")
                .flatMap(list -> pod.spec().array(list).objects().stream())
                .map(container -> container.object("resources")).toList();
        if (resources.stream().allMatch(QosClass::asksNothing)) {
            return BEST_EFFORT;
        }
        return resources.stream().allMatch(QosClass::isBounded) ? GUARANTEED : BURSTABLE;
    }

    private static boolean asksNothing(JsonObject resources) {
        return COUNTED.stream().allMatch(name -> amount(resources, "requests", name).isEmpty()
                && amount(resources, "limits", name).isEmpty());
    }

    /** Every limit stands, and nothing less than it is requested. */
    private static boolean isBounded(JsonObject resources) {
        return COUNTED.stream().allMatch(name -> {
            var limit = amount(resources, "limits", name);
            return limit.isPresent() && amount(resources, "requests", name).or(() -> limit).equals(limit);
        });
    }

    /** A positive amount. */
    private static Optional<Quantity> amount(JsonObject resources, String part, String name) {
        return Quantity.tryParse(resources.text(part, name)).filter(amount -> amount.compareTo(Quantity.ZERO) > 0);
    }
}
