package dev.starling.node.pod;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Quantity;
import dev.starling.node.runtime.ResourceLimits;
import java.util.List;

/**
 * What a pod asks for, in thousandths of a processor and bytes, by upstream's rules: the sum of the containers, or the
 * largest init container if that is more, plus overhead.
 */
public record Resources(long cpuMillis, long memoryBytes) {
    public static final Resources NONE = new Resources(0, 0);
    /** The name of room on the host's disk. It is scheduled; nothing enforces it yet. */
    public static final String STORAGE = "ephemeral-storage";

    /** {@code status.qosClass}. */
    public enum Quality {
        GUARANTEED("Guaranteed"), BURSTABLE("Burstable"), BEST_EFFORT("BestEffort");

        private final String text;

        Quality(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    public static Resources requests(PodView pod) {
        var sum = NONE;
        for (var container : pod.containers()) {
            sum = sum.plus(request(container.json()));
        }
        for (var container : pod.initContainers()) {
            sum = sum.atLeast(request(container.json()));
        }
        return sum.plus(of(pod.spec().object("overhead")));
    }

    /** The requests of one container; a limit without a request is one. */
    public static Resources request(JsonObject container) {
        var requests = container.object("resources", "requests");
        var limits = container.object("resources", "limits");
        return new Resources(millis(requests.has("cpu") ? requests : limits),
                bytes(requests.has("memory") ? requests : limits));
    }

    public static Resources limit(JsonObject container) {
        return of(container.object("resources", "limits"));
    }

    private static Resources of(JsonObject amounts) {
        return new Resources(millis(amounts), bytes(amounts));
    }

    private static long millis(JsonObject amounts) {
        return amount(amounts, "cpu").millis();
    }

    private static long bytes(JsonObject amounts) {
        return amount(amounts, "memory").units();
    }

    /** An amount may be spelled as a number. */
    private static Quantity amount(JsonObject amounts, String resource) {
        var value = amounts.at(resource);
        String text = value.text().isEmpty() && !value.isNull() ? value.toString() : value.text();
        return Quantity.tryParse(text).orElse(Quantity.ZERO);
    }

    public Resources plus(Resources other) {
        return new Resources(cpuMillis + other.cpuMillis, memoryBytes + other.memoryBytes);
    }

    private Resources atLeast(Resources other) {
        return new Resources(Math.max(cpuMillis, other.cpuMillis), Math.max(memoryBytes, other.memoryBytes));
    }

    /** What the cgroup of one container enforces. */
    public static ResourceLimits enforced(ContainerView container) {
        var limit = limit(container.json());
        return ResourceLimits.of(request(container.json()).cpuMillis, limit.cpuMillis, limit.memoryBytes);
    }

    /** What the cgroup of the whole pod enforces: a limit only where every container has one. */
    public static ResourceLimits enforced(PodView pod) {
        var containers = pod.containers();
        var limits = NONE;
        boolean cpu = true;
        boolean memory = true;
        for (var container : containers) {
            var limit = limit(container.json());
            limits = limits.plus(limit);
            cpu &= limit.cpuMillis > 0;
            memory &= limit.memoryBytes > 0;
        }
        for (var container : pod.initContainers()) {
            var limit = limit(container.json());
            limits = limits.atLeast(limit);
            cpu &= limit.cpuMillis > 0;
            memory &= limit.memoryBytes > 0;
        }
        return ResourceLimits.of(requests(pod).cpuMillis, cpu ? limits.cpuMillis : 0, memory ? limits.memoryBytes : 0);
    }

    public static Quality quality(PodView pod) {
        boolean any = false;
        boolean guaranteed = true;
        for (var container : pod.allContainers()) {
            var request = request(container.json());
            var limit = limit(container.json());
            any |= request.cpuMillis > 0 || request.memoryBytes > 0 || limit.cpuMillis > 0 || limit.memoryBytes > 0;
            guaranteed &= limit.cpuMillis > 0 && limit.memoryBytes > 0 && request.equals(limit);
        }
        return !any ? Quality.BEST_EFFORT : guaranteed ? Quality.GUARANTEED : Quality.BURSTABLE;
    }

    /** The value of a {@code resourceFieldRef}: in units of the divisor, rounded up; no limit reads as the node's. */
    static String field(JsonObject container, String resource, String divisor, Resources node) {
        var by = Quantity.tryParse(divisor).filter(q -> q.value().signum() > 0).orElse(Quantity.of(1));
        var value = switch (resource) {
            case "limits.cpu" -> Quantity.ofMillis(or(limit(container).cpuMillis, node.cpuMillis));
            case "limits.memory" -> Quantity.of(or(limit(container).memoryBytes, node.memoryBytes));
            case "requests.cpu" -> Quantity.ofMillis(request(container).cpuMillis);
            case "requests.memory" -> Quantity.of(request(container).memoryBytes);
            default -> throw new MissingConfigException("unsupported container resource : " + resource);
        };
        return value.value().divide(by.value(), 0, java.math.RoundingMode.CEILING).toPlainString();
    }

    private static long or(long value, long otherwise) {
        return value > 0 ? value : otherwise;
    }

    /** The names of resources that a node of this kind can give. */
    static final List<String> KNOWN = List.of("cpu", "memory", STORAGE);
}
