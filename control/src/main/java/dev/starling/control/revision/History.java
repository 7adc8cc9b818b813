package dev.starling.control.revision;

import dev.starling.control.workload.PodTemplate;
import dev.starling.control.workload.TemplateHash;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.OwnerReference;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The templates that an owner had, each as a ControllerRevision whose data is the patch that leads back to it, as
 * {@code kubectl rollout} expects. Pure.
 *
 * @param revisions of this owner, the oldest first
 */
public record History(KubeObject owner, List<KubeObject> revisions) {
    /** The label of a pod that tells from which revision it was made; revisions of DaemonSets bear it, too. */
    public static final String HASH = "controller-revision-hash";
    private static final String OWN_HASH = "controller.kubernetes.io/hash";
    private static final int USUAL_LIMIT = 10;

    public History {
        revisions = revisions.stream().sorted(Comparator.comparingLong(History::number)
                .thenComparing(revision -> revision.created().orElse(Instant.MAX))
                .thenComparing(KubeObject::name)).toList();
    }

    static long number(KubeObject revision) {
        return revision.tree().at("revision").number(0);
    }

    /** The number of the next revision. */
    long next() {
        return revisions.isEmpty() ? 1 : number(revisions.getLast()) + 1;
    }

    /** The newest revision that holds the owner's template. */
    Optional<KubeObject> equal() {
        var wanted = data(owner);
        return revisions.reversed().stream().filter(revision -> holds(revision, wanted)).findFirst();
    }

    static boolean holds(KubeObject revision, JsonObject data) {
        return revision.tree().object("data").equals(data);
    }

    /** Strategic merge patches replace what this names as a whole. */
    static JsonObject data(KubeObject owner) {
        return JsonObject.of("spec", JsonObject.of("template",
                owner.spec().object("template").with("$patch", new JsonString("replace"))));
    }

    /** The template that a revision holds. */
    public static PodTemplate template(KubeObject revision) {
        return new PodTemplate(revision.tree().object("data", "spec", "template").without("$patch"));
    }

    /** @param collisions how often the name of a revision was taken: another name for each */
    KubeObject fresh(long collisions) {
        String hash = TemplateHash.of(owner.spec().object("template"), collisions);
        var metadata = JsonObject.builder().put("name", owner.name() + "-" + hash)
                .put("namespace", owner.namespace()).put("labels", PodTemplate.of(owner).labels()
                        .with(owner.kind().equals(Kinds.DAEMON_SETS.kind()) ? HASH : OWN_HASH, new JsonString(hash)));
        var annotations = owner.metadata().object("annotations");
        if (!annotations.isEmpty()) {
            metadata.put("annotations", annotations);
        }
        metadata.put("ownerReferences", JsonArray.of((Json) OwnerReference.controllerOf(owner).json()));
        return KubeObject.of(JsonObject.of("apiVersion", "apps/v1", "kind", "ControllerRevision",
                "metadata", metadata.build(), "data", data(owner), "revision", next()));
    }

    /**
     * The oldest revisions that no one needs any more, beyond the owner's limit.
     *
     * @param live names of revisions that are in use
     */
    public List<KubeObject> surplus(Collection<String> live) {
        var names = Set.copyOf(live);
        var history = revisions.stream().filter(revision -> !names.contains(revision.name())).toList();
        long limit = owner.spec().at("revisionHistoryLimit").number(USUAL_LIMIT);
        return history.subList(0, (int) Math.max(0, history.size() - Math.max(0, limit)));
    }
}
