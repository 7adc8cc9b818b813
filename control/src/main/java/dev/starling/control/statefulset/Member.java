package dev.starling.control.statefulset;

import dev.starling.control.revision.History;
import dev.starling.control.workload.PodTemplate;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * One place in a StatefulSet: what its pod and its claims are called, and how they look. Pure.
 *
 * @param ordinal of the place, from the set's first one on
 */
record Member(KubeObject set, int ordinal) {
    private static final String POD_NAME = "statefulset.kubernetes.io/pod-name";
    private static final String POD_INDEX = "apps.kubernetes.io/pod-index";
    private static final int LONGEST_ORDINAL = 9;

    /** The ordinal in a pod's name; nothing for a name that no pod of the set has. */
    static OptionalInt ordinal(KubeObject set, String podName) {
        String prefix = set.name() + "-";
        String number = podName.startsWith(prefix) ? podName.substring(prefix.length()) : "";
        boolean digits = !number.isEmpty() && number.length() <= LONGEST_ORDINAL
                && number.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? OptionalInt.of(Integer.parseInt(number)) : OptionalInt.empty();
    }

    String name() {
        return set.name() + "-" + ordinal;
    }

    /** The labels by which others know the pod. */
    JsonObject identity() {
        return JsonObject.of(POD_NAME, name(), POD_INDEX, Integer.toString(ordinal));
    }

    boolean identified(KubeObject pod) {
        var labels = pod.labels();
        return name().equals(labels.get(POD_NAME)) && Integer.toString(ordinal).equals(labels.get(POD_INDEX));
    }

    /** A new pod, made from a revision. */
    KubeObject pod(KubeObject revision) {
        PodTemplate template = History.template(revision);
        var pod = template.podOf(set, name());
        var labels = JsonObject.builder().putAll(pod.metadata().object("labels")).putAll(identity())
                .put(History.HASH, (Object) revision.name()).build();
        pod = pod.with(labels, "metadata", "labels").with(name(), "spec", "hostname");
        String subdomain = set.spec().text("serviceName");
        pod = subdomain.isEmpty() ? pod : pod.with(subdomain, "spec", "subdomain");
        return set.spec().array("volumeClaimTemplates").isEmpty() ? pod : pod.with(volumes(pod), "spec", "volumes");
    }

    /** The claims take the place of what the template has under their names. */
    private JsonArray volumes(KubeObject pod) {
        var volumes = new ArrayList<Json>();
        var names = new ArrayList<String>();
        for (var claim : claims()) {
            String volume = claim.name().substring(0, claim.name().length() - name().length() - 1);
            names.add(volume);
            volumes.add(JsonObject.of("name", volume, "persistentVolumeClaim",
                    JsonObject.of("claimName", claim.name())));
        }
        pod.spec().array("volumes").objects().stream().filter(v -> !names.contains(v.text("name")))
                .forEach(volumes::add);
        return JsonArray.of(volumes);
    }

    /** The claims of this place, as its set's templates have them. */
    List<KubeObject> claims() {
        return set.spec().array("volumeClaimTemplates").objects().stream().map(template -> {
            var metadata = template.object("metadata");
            var labels = JsonObject.builder().putAll(metadata.object("labels"))
                    .putAll(set.spec().object("selector", "matchLabels")).build();
            var named = metadata.with("name", new JsonString(metadata.text("name") + "-" + name()))
                    .with("namespace", new JsonString(set.namespace()));
            var claim = template.without("status").with("metadata", labels.isEmpty() ? named
                    : named.with("labels", labels)).with("apiVersion", new JsonString("v1"))
                    .with("kind", new JsonString("PersistentVolumeClaim"));
            return KubeObject.of(claim);
        }).toList();
    }
}
