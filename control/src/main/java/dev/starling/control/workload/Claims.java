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
        var owned = new ArrayList<KubeObject>();
        var adopt = new ArrayList<KubeObject>();
        var release = new ArrayList<KubeObject>();
        for (var candidate : candidates) {
            boolean matches = selector.matches(candidate.labels());
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

    /** Adopts and releases. An object that went away, or was taken by another owner, is left alone. */
    public void carryOut(KubeObject owner, ResourceType type, KubeApi api) {
        for (var object : adopt) {
            change(object, OwnerReference.controllerOf(owner).json(), type, api);
        }
        for (var object : release) {
            change(object, JsonObject.of("$patch", "delete", "uid", owner.uid()), type, api);
        }
    }

    /** The uid makes sure that the patch meets the object that was seen, not a later one of the same name. */
    private static void change(KubeObject object, JsonObject reference, ResourceType type, KubeApi api) {
        Json references = JsonArray.of((Json) reference);
        var patch = new Patch.Strategic(JsonObject.of("metadata",
                JsonObject.of("uid", object.uid(), "ownerReferences", references)));
        try {
            api.patch(object.key(type), patch);
        } catch (ApiException e) {
            if (!e.is(Reason.NOT_FOUND) && !e.is(Reason.INVALID)) {
                throw e;
            }
        }
    }
}
