package dev.starling.control.scheduler;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Resources;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Reads pods, and remembers parts that are equal in many, so that pods of one workload share them. Belongs to the
 * loop.
 */
final class PodReading {
    private static final int MOST_REMEMBERED = 4_096;

    private record TermsKey(JsonObject affinity, String namespace, Map<String, String> labels) {
    }

    private record SpreadsKey(List<Json> parts, String namespace, Map<String, String> labels) {
    }

    private record IdentityKey(String namespace, JsonObject labels) {
    }

    private final Dimensions dimensions;
    private final Function<String, Boolean> knownImage;
    private final Volumes volumes;
    private final Map<List<Json>, Demand> demands = remembered();
    private final Map<IdentityKey, Identity> identities = remembered();
    private final Map<NodeNeeds.Key, NodeNeeds> needs = remembered();
    private final Map<TermsKey, PodTerms> terms = remembered();
    private final Map<SpreadsKey, List<Spread>> spreads = remembered();
    private ProfileSelection profiles = ProfileSelection.of(List.of());

    /** @param knownImage whether any node has an image of this name */
    PodReading(Dimensions dimensions, Function<String, Boolean> knownImage, Volumes volumes) {
        this.dimensions = dimensions;
        this.knownImage = knownImage;
        this.volumes = volumes;
    }

    private static <K, V> Map<K, V> remembered() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > MOST_REMEMBERED;
            }
        };
    }

    void profiles(ProfileSelection selection) {
        profiles = selection;
    }

    /** Nodes offer more kinds of resources now: what was read of demands holds no more. */
    void dimensionsGrew() {
        demands.clear();
    }

    PodFacts read(KubeObject pod) {
        var spec = pod.spec();
        var who = identity(pod);
        var profile = profiles.select(who.namespace(), who.labels());
        var claimed = volumes.of(pod);
        var demand = demand(pod, spec);
        var ask = new PodFacts.Ask(demand, needs(spec, demand, profile.isPresent(), claimed.affinities()),
                terms(spec, who), spreads(spec, who), HostPort.of(spec), claimed.problem(),
                spec.at("priority").number(0));
        return new PodFacts(pod, pod.namespacedName(), who, ask, profile, claimed.unmade());
    }

    private Identity identity(KubeObject pod) {
        var labels = pod.metadata().object("labels");
        return identities.computeIfAbsent(new IdentityKey(pod.namespace(), labels),
                key -> new Identity(key.namespace(), key.labels().texts()));
    }

    private Demand demand(KubeObject pod, JsonObject spec) {
        var key = new ArrayList<Json>();
        for (var container : spec.array("containers")) {
            key.add(container.object().at("resources", "requests"));
        }
        key.add(new JsonLong(key.size()));
        for (var container : spec.array("initContainers")) {
            key.add(container.object().at("restartPolicy"));
            key.add(container.object().at("resources", "requests"));
        }
        key.add(spec.at("overhead"));
        key.add(spec.at("resources", "requests"));
        return demands.computeIfAbsent(key, k -> Demand.of(asked(pod), dimensions));
    }

    /** A pod that asks for more than can be counted fits nowhere: what all its containers name is good enough. */
    private static Resources asked(KubeObject pod) {
        try {
            return Resources.ofPod(pod);
        } catch (ArithmeticException e) {
            var all = new HashMap<>(Map.of(Resources.PODS, 1L));
            var requests = Stream.of("containers", "initContainers").map(pod.spec()::array)
                    .flatMap(containers -> containers.objects().stream())
                    .map(container -> container.object("resources", "requests"));
            Stream.concat(requests, Stream.of(pod.spec().object("overhead"))).map(Resources::of)
                    .forEach(request -> request.amounts().forEach((name, amount) ->
                            all.merge(name, Math.min(amount, Demand.MOST), (a, b) -> Math.min(a + b, Demand.MOST))));
            return new Resources(all);
        }
    }

    private NodeNeeds needs(JsonObject spec, Demand demand, boolean profiled, List<JsonObject> volumes) {
        var key = new NodeNeeds.Key(spec.object("nodeSelector"), spec.object("affinity", "nodeAffinity"),
                spec.array("tolerations"), profiled, demand.extended(), volumes, images(spec));
        return needs.computeIfAbsent(key, NodeNeeds::new);
    }

    private List<String> images(JsonObject spec) {
        var images = List.<String>of();
        for (var container : spec.array("containers")) {
            String image = container.object().text("image");
            if (knownImage.apply(image)) {
                images = images.isEmpty() ? new ArrayList<>() : images;
                images.add(image);
            }
        }
        return images;
    }

    private PodTerms terms(JsonObject spec, Identity who) {
        var affinity = spec.object("affinity");
        if (!affinity.has("podAffinity") && !affinity.has("podAntiAffinity")) {
            return PodTerms.NONE;
        }
        var key = new TermsKey(affinity, who.namespace(), compares(affinity) ? who.labels() : Map.of());
        return terms.computeIfAbsent(key, k -> PodTerms.of(affinity, who.namespace(), who.labels()));
    }

    private List<Spread> spreads(JsonObject spec, Identity who) {
        var constraints = spec.array("topologySpreadConstraints");
        if (constraints.isEmpty()) {
            return List.of();
        }
        boolean compares = constraints.objects().stream().anyMatch(c -> c.has("matchLabelKeys"));
        var key = new SpreadsKey(List.of(constraints, spec.at("nodeSelector"), spec.at("affinity", "nodeAffinity"),
                spec.at("tolerations")), who.namespace(), compares ? who.labels() : Map.of());
        return spreads.computeIfAbsent(key, k -> Spread.of(spec, who.namespace(), who.labels()));
    }

    private static boolean compares(JsonObject affinity) {
        return List.of("podAffinity", "podAntiAffinity").stream().map(affinity::object)
                .flatMap(side -> side.entries().stream()).flatMap(terms -> terms.getValue().array().objects().stream())
                .map(term -> term.has("podAffinityTerm") ? term.object("podAffinityTerm") : term)
                .anyMatch(term -> term.has("matchLabelKeys") || term.has("mismatchLabelKeys"));
    }
}
