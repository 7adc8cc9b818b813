package dev.starling.apiserver.admission.quota;

import dev.starling.apiserver.admission.amount.Amounts;
import dev.starling.apiserver.admission.amount.PodAmounts;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Quantity;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What pods use up (source: the pod evaluator of Kubernetes' quota). */
final class PodUsage {
    private static final Set<String> ENDED = Set.of("Succeeded", "Failed");
    private static final List<String> COMPUTE = List.of("cpu", "memory", "ephemeral-storage");
    /** A quota on these makes every container say what it wants. */
    private static final Set<String> DEMANDED = Set.of("cpu", "memory", "requests.cpu", "requests.memory",
            "limits.cpu", "limits.memory");
    private static final String REQUESTS = "requests.";
    private static final String LIMITS = "limits.";
    private static final String HUGE_PAGES = "hugepages-";

    private PodUsage() {
    }

    static boolean isCharged(String resource) {
        String bare = resource.startsWith(REQUESTS) ? resource.substring(REQUESTS.length())
                : resource.startsWith(LIMITS) ? resource.substring(LIMITS.length()) : resource;
        return resource.equals("pods") || COMPUTE.contains(bare)
                || bare.startsWith(HUGE_PAGES) && !resource.startsWith(LIMITS)
                || resource.startsWith(REQUESTS) && isExtended(bare);
    }

    private static boolean isExtended(String resource) {
        return resource.contains("/") && !resource.contains("kubernetes.io/") && !resource.startsWith(REQUESTS);
    }

    /** A pod that has ended uses nothing but its place in the store. */
    static Amounts of(KubeObject pod) {
        return ENDED.contains(pod.status().text("phase")) ? Amounts.NONE
                : charged(PodAmounts.withOverhead(pod, "requests"), PodAmounts.withOverhead(pod, "limits"))
                        .plus(new Amounts(Map.of("pods", Quantity.of(1))));
    }

    private static Amounts charged(Amounts requests, Amounts limits) {
        var charge = new TreeMap<String, Quantity>();
        requests.each().forEach((name, amount) -> {
            if (COMPUTE.contains(name) || name.startsWith(HUGE_PAGES)) {
                charge.put(name, amount);
                charge.put(REQUESTS + name, amount);
            } else if (isExtended(name)) {
                charge.put(REQUESTS + name, amount);
            }
        });
        COMPUTE.stream().filter(limits.each()::containsKey)
                .forEach(name -> charge.put(LIMITS + name, limits.of(name)));
        return new Amounts(charge);
    }

    /** What containers fail to say although a quota asks: {@code limits.cpu for: web; …}; empty for nothing. */
    static String unsaid(KubeObject pod, Set<String> limited) {
        var missing = new TreeMap<String, TreeSet<String>>();
        for (String list : List.of("containers", "initContainers")) {
            for (var container : pod.spec().array(list).objects()) {
                var said = said(pod.spec(), container);
                limited.stream().filter(DEMANDED::contains).filter(name -> !said.each().containsKey(name))
                        .forEach(name -> missing.computeIfAbsent(name, n -> new TreeSet<>())
                                .add(container.text("name")));
            }
        }
        return String.join("; ", missing.entrySet().stream()
                .map(e -> e.getKey() + " for: " + String.join(",", e.getValue())).toList());
    }

    /** The pod as a whole may speak for its containers. */
    private static Amounts said(JsonObject spec, JsonObject container) {
        return charged(Amounts.of(container.object("resources", "requests")),
                Amounts.of(container.object("resources", "limits")))
                .max(charged(Amounts.of(spec.object("resources", "requests")),
                        Amounts.of(spec.object("resources", "limits"))));
    }
}
