package dev.starling.control.scheduler;

import dev.starling.kube.informer.Informer;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads PersistentVolumeClaims, the volumes that they are bound to, and their classes. A claim of a class that waits
 * for its first consumer is made where the pod goes: the chosen node is written on it, somebody makes the volume, and
 * the pod is bound once the claim is.
 */
record ClaimVolumes(Informer claims, Informer volumes, Informer classes) implements Volumes {
    /** By this a claim tells whoever makes its volume where the pod will run. */
    static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";
    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
    private static final String NO_PROVISIONER = "kubernetes.io/no-provisioner";

    @Override
    public Answer of(KubeObject pod) {
        var names = names(pod);
        if (names.isEmpty()) {
            return Answer.NONE;
        }
        var affinities = new ArrayList<JsonObject>();
        var unmade = new ArrayList<String>();
        for (String name : names) {
            var claim = claims.find(pod.namespace(), name);
            if (claim.isEmpty()) {
                return problem("persistentvolumeclaim \"" + name + "\" not found");
            }
            if (claim.get().deleting()) {
                return problem("persistentvolumeclaim \"" + name + "\" is being deleted");
            }
            String problem = bound(claim.get()) ? ofBound(claim.get(), affinities)
                    : ofUnbound(claim.get(), affinities, unmade);
            if (!problem.isEmpty()) {
                return problem(problem);
            }
        }
        return new Answer("", List.copyOf(affinities), List.copyOf(unmade));
    }

    private static Answer problem(String text) {
        return new Answer(text, List.of(), List.of());
    }

    private static List<String> names(KubeObject pod) {
        var names = List.<String>of();
        for (var volume : pod.spec().array("volumes")) {
            String claim = volume.object().text("persistentVolumeClaim", "claimName");
            boolean own = volume.object().has("ephemeral");
            if (own || !claim.isEmpty()) {
                names = names.isEmpty() ? new ArrayList<>() : names;
                names.add(own ? pod.name() + "-" + volume.object().text("name") : claim);
            }
        }
        return names;
    }

    /** Whether a claim has its volume for good. */
    static boolean bound(KubeObject claim) {
        return !claim.spec().text("volumeName").isEmpty()
                && claim.annotations().containsKey("pv.kubernetes.io/bind-completed")
                || claim.status().text("phase").equals("Bound");
    }

    private String ofBound(KubeObject claim, List<JsonObject> affinities) {
        String name = claim.spec().text("volumeName");
        var volume = volumes.find("", name);
        if (volume.isEmpty()) {
            return "persistentvolumeclaim \"" + claim.name() + "\" bound to non-existent persistentvolume \"" + name
                    + "\"";
        }
        var required = volume.get().spec().at("nodeAffinity", "required");
        if (!required.isNull()) {
            affinities.add(JsonObject.of(REQUIRED, required));
        }
        return "";
    }

    private String ofUnbound(KubeObject claim, List<JsonObject> affinities, List<String> unmade) {
        var kind = classes.find("", claim.spec().text("storageClassName"));
        boolean waits = kind.filter(c -> c.tree().text("volumeBindingMode").equals("WaitForFirstConsumer"))
                .isPresent();
        if (!waits || !claim.spec().text("volumeName").isEmpty()) {
            return "pod has unbound immediate PersistentVolumeClaims";
        }
        if (kind.get().tree().text("provisioner").equals(NO_PROVISIONER)) {
            return "node(s) didn't find available persistent volumes to bind";
        }
        unmade.add(claim.name());
        var allowed = kind.get().tree().array("allowedTopologies").objects();
        if (!allowed.isEmpty()) {
            affinities.add(required(allowed.stream().map(ClaimVolumes::term).toList()));
        }
        String selected = claim.annotations().getOrDefault(SELECTED_NODE, "");
        if (!selected.isEmpty()) {
            affinities.add(required(List.of(JsonObject.of("matchFields", List.of(JsonObject.of("key",
                    "metadata.name", "operator", "In", "values", List.of(selected)))))));
        }
        return "";
    }

    private static JsonObject required(List<JsonObject> terms) {
        return JsonObject.of(REQUIRED, JsonObject.of("nodeSelectorTerms", JsonArray.of(terms)));
    }

    private static JsonObject term(JsonObject topology) {
        return JsonObject.of("matchExpressions", JsonArray.of(topology.array("matchLabelExpressions").objects()
                .stream().map(e -> JsonObject.of("key", e.text("key"), "operator", "In", "values", e.array("values")))
                .toList()));
    }
}
