package dev.starling.control.statefulset;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.OwnerReference;
import dev.starling.kube.object.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who owns the claims of a StatefulSet, by {@code persistentVolumeClaimRetentionPolicy}: what an owner takes along is
 * collected with it. Pure. Source: KEP-1847.
 */
final class ClaimOwners {
    private final KubeObject set;
    private final boolean deletedWithSet;
    private final boolean deletedWhenScaled;

    ClaimOwners(KubeObject set) {
        this.set = set;
        var policy = set.spec().object("persistentVolumeClaimRetentionPolicy");
        this.deletedWithSet = policy.text("whenDeleted").equals("Delete");
        this.deletedWhenScaled = policy.text("whenScaled").equals("Delete");
    }

    /** A claim that is about to be made, for a pod that is not there yet. */
    KubeObject owned(KubeObject claim) {
        return deletedWithSet ? claim.with(JsonArray.of(List.of((Json) OwnerReference.controllerOf(set).json())),
                "metadata", "ownerReferences") : claim;
    }

    /**
     * The references that a claim should have, if it has others.
     *
     * @param condemned whether the set no longer has a place for the pod
     */
    Optional<JsonArray> change(KubeObject claim, KubeObject pod, boolean condemned) {
        if (foreign(claim, pod)) {
            return Optional.empty();
        }
        var wanted = new ArrayList<Json>();
        claim.metadata().array("ownerReferences").objects().stream()
                .filter(r -> !names(OwnerReference.from(r), set, Kinds.STATEFUL_SETS)
                        && !names(OwnerReference.from(r), pod, Kinds.PODS)).forEach(wanted::add);
        boolean byPod = deletedWhenScaled && condemned;
        if (byPod) {
            wanted.add(OwnerReference.controllerOf(pod).json());
        } else if (deletedWithSet) {
            wanted.add(OwnerReference.controllerOf(set).json());
        }
        var list = JsonArray.of(wanted);
        return sameOwners(claim.owners(), list) ? Optional.empty() : Optional.of(list);
    }

    private static boolean sameOwners(List<OwnerReference> present, JsonArray wanted) {
        return present.stream().map(OwnerReference::uid).sorted().toList()
                .equals(wanted.objects().stream().map(r -> r.text("uid")).sorted().toList());
    }

    /** Another controller has the claim, or an earlier set or pod of the same name: it is left to it. */
    private boolean foreign(KubeObject claim, KubeObject pod) {
        boolean retains = !deletedWithSet && !deletedWhenScaled;
        return !retains && claim.owners().stream().anyMatch(owner -> {
            if (names(owner, set, Kinds.STATEFUL_SETS)) {
                return !owner.uid().equals(set.uid());
            }
            return names(owner, pod, Kinds.PODS) ? !owner.uid().equals(pod.uid()) : owner.controller();
        });
    }

    /** Whether a claim goes with an earlier pod of a name, so that a new one must wait until it is gone. */
    boolean stale(KubeObject claim, String podName) {
        return deletedWhenScaled && claim.owners().stream().anyMatch(owner -> owner.kind().equals(Kinds.PODS.kind())
                && owner.apiVersion().equals("v1") && owner.name().equals(podName));
    }

    private static boolean names(OwnerReference owner, KubeObject object, ResourceType type) {
        return owner.kind().equals(type.kind()) && owner.apiVersion().equals(type.apiVersion())
                && owner.name().equals(object.name());
    }
}
