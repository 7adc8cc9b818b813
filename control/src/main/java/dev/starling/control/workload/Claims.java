package dev.starling.control.workload;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.Patch;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import dev.starling.kube.object.OwnerReference;
import dev.starling.kube.object.ResourceType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which objects an owner controls: those that point at it and match its selector; orphans that match are adopted, and
 * its own that no longer match are released.
 *
 * @param owned including those to adopt
 */
public record Claims(List<KubeObject> owned, List<KubeObject> adopt, List<KubeObject> release) {
    public Claims {
        owned = List.copyOf(owned);
        adopt = List.copyOf(adopt);
        release = List.copyOf(release);
    }

    public static Claims of(KubeObject owner, LabelSelector selector, Collection<KubeObject> candidates) {
        return of(owner, candidate -> selector.matches(candidate.labels()), candidates);
    }

    /** @param fits whether an object can be one of the owner's */
    public static Claims of(KubeObject owner, Predicate<KubeObject> fits, Collection<KubeObject> candidates) {
        var owned = new ArrayList<KubeObject>();
        var adopt = new ArrayList<KubeObject>();
        var release = new ArrayList<KubeObject>();
        for (var candidate : candidates) {
            boolean matches = fits.test(candidate);
            var controller = candidate.controller();
            boolean mine = controller.filter(c -> c.uid().equals(owner.uid())).isPresent();
            if (mine && matches) {
                owned.add(candidate);
            } else if (mine && !owner.deleting()) {
                release.add(candidate);
            } else if (controller.isEmpty() && matches && !owner.deleting() && !candidate.deleting()) {
                adopt.add(candidate);
                owned.add(candidate);
            }
        }
        return new Claims(owned, adopt, release);
    }

    /**
     * Adopts and releases. An object that went away, or was taken by another owner, is left alone.
     *
     * @param type of what is owned
     * @return what the owner has now: without those that could not be adopted
     * @throws ApiException a conflict, if something is to be adopted and the API itself does not know the owner as
     *         living: the image is late, and what a gone owner adopts would be collected
     */
    public List<KubeObject> carryOut(KubeObject owner, ResourceType ownerType, ResourceType type, KubeApi api) {
        if (!adopt.isEmpty()) {
            mustLive(owner, ownerType, api);
        }
        var held = new ArrayList<>(owned);
        for (var object : adopt) {
            if (!change(object, OwnerReference.controllerOf(owner).json(), type, api)) {
                held.remove(object);
            }
        }
        for (var object : release) {
            change(object, JsonObject.of("$patch", "delete", "uid", owner.uid()), type, api);
        }
        return List.copyOf(held);
    }

    private static void mustLive(KubeObject owner, ResourceType type, KubeApi api) {
        var newest = api.get(owner.key(type));
        if (newest.deleting() || !newest.uid().equals(owner.uid())) {
            throw ApiException.conflict(type.qualifiedPlural(), owner.name(), "the owner is going or gone");
        }
    }

    /**
     * The uid makes sure that the patch meets the object that was seen, not a later one of the same name.
     *
     * @return whether it was written
     */
    private static boolean change(KubeObject object, JsonObject reference, ResourceType type, KubeApi api) {
        Json references = JsonArray.of((Json) reference);
        var patch = new Patch.Strategic(JsonObject.of("metadata",
                JsonObject.of("uid", object.uid(), "ownerReferences", references)));
        try {
            api.patch(object.key(type), patch);
            return true;
        } catch (ApiException e) {
            if (!e.is(Reason.NOT_FOUND) && !e.is(Reason.INVALID)) {
                throw e;
            }
            return false;
        }
    }
}
