package dev.starling.control.deployment;

import dev.starling.control.workload.IntOrPercent;
import dev.starling.control.workload.TemplateHash;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A Deployment and its ReplicaSets at one moment.
 *
 * @param deployment whose spec decides
 * @param newest the ReplicaSet that holds the Deployment's template, if there is one
 * @param older all the others, oldest first
 */
record Image(KubeObject deployment, Optional<KubeObject> newest, List<KubeObject> older) {
    Image {
        older = List.copyOf(older);
    }

    static Image of(KubeObject deployment, List<KubeObject> owned) {
        var byAge = owned.stream().sorted(Comparator
                .comparing((KubeObject set) -> set.created().orElse(Instant.MAX))
                .thenComparing(KubeObject::name)).toList();
        var wanted = deployment.spec().object("template");
        var newest = byAge.stream().filter(set -> template(set).equals(wanted)).findFirst();
        return new Image(deployment, newest, byAge.stream()
                .filter(set -> newest.isEmpty() || !set.uid().equals(newest.get().uid())).toList());
    }

    /** A ReplicaSet's template as the Deployment wrote it. */
    private static JsonObject template(KubeObject set) {
        var template = set.spec().object("template");
        var bare = template.withoutAt("metadata", "labels", TemplateHash.LABEL);
        return bare.object("metadata", "labels").isEmpty() ? bare.withoutAt("metadata", "labels") : bare;
    }

    /** All ReplicaSets, oldest first, the newest template's last. */
    List<KubeObject> all() {
        return Stream.concat(older.stream(), newest.stream()).toList();
    }

    static int replicas(KubeObject object) {
        return (int) object.spec().at("replicas").number(1);
    }

    static int available(KubeObject set) {
        return (int) set.status().at("availableReplicas").number(0);
    }

    int wanted() {
        return replicas(deployment);
    }

    /** JSON null where the Deployment has none. */
    Json minReadySeconds() {
        return deployment.spec().at("minReadySeconds");
    }

    boolean rolling() {
        return !deployment.spec().text("strategy", "type").equals("Recreate");
    }

    boolean paused() {
        return deployment.spec().flag("paused");
    }

    /** How many pods there may be above the wanted number. */
    int maxSurge() {
        return rolling() ? IntOrPercent.of(deployment.spec().object("strategy", "rollingUpdate").at("maxSurge"),
                wanted(), true, 0) : 0;
    }

    /** How many pods may be missing; at least one if there may be none above the number. */
    int maxUnavailable() {
        if (!rolling() || wanted() == 0) {
            return 0;
        }
        int most = IntOrPercent.of(deployment.spec().object("strategy", "rollingUpdate").at("maxUnavailable"),
                wanted(), false, 0);
        return Math.min(most == 0 && maxSurge() == 0 ? 1 : most, wanted());
    }

    /** Everything is rolled out and serves. */
    boolean saturated() {
        return newest.filter(set -> replicas(set) == wanted() && available(set) == wanted()
                && Revisions.number(set, Revisions.DESIRED).orElse(-1L) == wanted()).isPresent();
    }
}
