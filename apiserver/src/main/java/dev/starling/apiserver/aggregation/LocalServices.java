package dev.starling.apiserver.aggregation;

import dev.starling.apiserver.registry.Catalog;
import dev.starling.apiserver.registry.ServedResource;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.object.Times;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Lists what this server serves itself among the APIServices, custom kinds included, and takes away what it listed of
 * versions that have gone. What users have written stays theirs.
 */
public final class LocalServices implements Loop {
    private static final System.Logger LOG = System.getLogger(LocalServices.class.getName());
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofSeconds(30);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final String MANAGED = "kube-aggregator.kubernetes.io/automanaged";
    /** Its APIService is left to the add-ons that bring one. */
    private static final String OF_ADD_ONS = "metrics.k8s.io";
    private static final long CUSTOM = 1_000;
    /** In which order kubectl's users want groups (source: Kubernetes' priorities of its own groups). */
    private static final Map<String, Long> PRIORITIES = Map.ofEntries(Map.entry("", 18_000L),
            Map.entry("apps", 17_800L), Map.entry("events.k8s.io", 17_750L),
            Map.entry("authentication.k8s.io", 17_700L), Map.entry("authorization.k8s.io", 17_600L),
            Map.entry("autoscaling", 17_500L), Map.entry("batch", 17_400L), Map.entry("certificates.k8s.io", 17_300L),
            Map.entry("networking.k8s.io", 17_200L), Map.entry("policy", 17_100L),
            Map.entry("rbac.authorization.k8s.io", 17_000L), Map.entry("storage.k8s.io", 16_800L),
            Map.entry("apiextensions.k8s.io", 16_700L), Map.entry("admissionregistration.k8s.io", 16_700L),
            Map.entry("scheduling.k8s.io", 16_600L), Map.entry("coordination.k8s.io", 16_500L),
            Map.entry("node.k8s.io", 16_300L), Map.entry("discovery.k8s.io", 16_200L),
            Map.entry("flowcontrol.apiserver.k8s.io", 16_100L), Map.entry("apiregistration.k8s.io", 16_050L),
            Map.entry("resource.k8s.io", 15_900L));

    private final Catalog catalog;
    private final KubeApi api;
    private List<ServedResource> told = List.of(); // of the loop's thread, like those below
    private Instant next = Instant.MIN;
    private final Set<String> refused = new HashSet<>(); // those of which the log was told

    public LocalServices(Catalog catalog, KubeApi api) {
        this.catalog = catalog;
        this.api = api;
    }

    @Override
    public String name() {
        return "local-apiservices";
    }

    @Override
    public Next step(Instant now) {
        var served = catalog.served();
        if (served != told || !now.isBefore(next)) {
            told = served;
            next = now.plus(keep(wanted(served), now) ? LOOK : RETRY);
        }
        return Next.at(now.plus(PAUSE));
    }

    private static Map<String, ResourceType> wanted(List<ServedResource> served) {
        Map<String, ResourceType> wanted = new TreeMap<>();
        served.stream().map(ServedResource::type).filter(type -> !type.group().equals(OF_ADD_ONS))
                .forEach(type -> wanted.putIfAbsent(type.version() + "." + type.group(), type));
        return wanted;
    }

    /** Whether all is as it should be. One refusal stops nothing else. */
    private boolean keep(Map<String, ResourceType> wanted, Instant now) {
        Map<String, KubeObject> present = new HashMap<>();
        boolean all = done("", () -> api.list(ListQuery.all(Kinds.API_SERVICES)).items()
                .forEach(object -> present.put(object.name(), object)));
        if (!all) {
            return false;
        }
        refused.removeIf(name -> !wanted.containsKey(name) && !present.containsKey(name));
        for (var object : present.values()) {
            if (object.labels().containsKey(MANAGED) && !wanted.containsKey(object.name())) {
                all &= done(object.name(), () -> api.delete(object.key(Kinds.API_SERVICES)));
            }
        }
        for (var entry : wanted.entrySet()) {
            var before = Optional.ofNullable(present.get(entry.getKey()));
            all &= done(entry.getKey(), () -> keep(entry.getValue(), before, now));
        }
        return all;
    }

    private void keep(ResourceType type, Optional<KubeObject> before, Instant now) {
        if (before.isEmpty()) {
            String name = type.version() + "." + type.group();
            tell(api.create(Kinds.API_SERVICES.key(name), made(name, type)), now);
        } else if (!before.get().spec().has("service") && before.get().status().array("conditions").isEmpty()) {
            tell(before.get(), now);
        }
    }

    /** Whether a call was not refused. That is told once, and not at all where another server was faster. */
    private boolean done(String name, Runnable call) {
        try {
            call.run();
            refused.remove(name);
            return true;
        } catch (ApiException e) {
            boolean overtaken = e.is(Reason.CONFLICT) || e.is(Reason.ALREADY_EXISTS) || e.is(Reason.NOT_FOUND);
            LOG.log(overtaken || !refused.add(name) ? Level.DEBUG : Level.WARNING,
                    "a local APIService was refused, and is tried again name=" + name + " reason=" + e.getMessage());
            return false;
        }
    }

    private static KubeObject made(String name, ResourceType type) {
        boolean custom = !PRIORITIES.containsKey(type.group());
        return KubeObject.named(Kinds.API_SERVICES, "", name)
                .with(custom ? "true" : "onstart", "metadata", "labels", MANAGED)
                .with(JsonObject.builder().putText("group", type.group()).put("version", type.version())
                        .put("groupPriorityMinimum", PRIORITIES.getOrDefault(type.group(), CUSTOM))
                        .put("versionPriority", priority(type.version())).build(), "spec");
    }

    /** The more settled a version, the earlier it stands. */
    private static long priority(String version) {
        return version.contains("alpha") ? 9 : version.contains("beta") ? 12 : version.equals("v1") ? 15 : 30;
    }

    private void tell(KubeObject object, Instant now) {
        var condition = JsonObject.of("type", "Available", "status", "True", "lastTransitionTime",
                Times.seconds(now), "reason", "Local", "message", "Local APIServices are always available");
        api.update(object.key(Kinds.API_SERVICES).sub("status"),
                object.with((Json) JsonArray.of((Json) condition), "status", "conditions"), WriteOptions.DEFAULT);
    }
}
