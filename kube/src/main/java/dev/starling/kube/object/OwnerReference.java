package dev.starling.kube.object;

import dev.starling.kube.json.JsonObject;

/** One entry of {@code metadata.ownerReferences}. */
public record OwnerReference(String apiVersion, String kind, String name, String uid, boolean controller,
        boolean blockOwnerDeletion) {

    /** The reference by which a controller owns what it creates. */
    public static OwnerReference controllerOf(KubeObject owner) {
        return new OwnerReference(owner.apiVersion(), owner.kind(), owner.name(), owner.uid(), true, true);
    }

    public static OwnerReference from(JsonObject json) {
        return new OwnerReference(json.text("apiVersion"), json.text("kind"), json.text("name"), json.text("uid"),
                json.flag("controller"), json.flag("blockOwnerDeletion"));
    }

    public JsonObject json() {
        var builder = JsonObject.builder().put("apiVersion", apiVersion).put("kind", kind)
                .put("name", name).put("uid", uid);
        if (controller) {
            builder.put("controller", true);
        }
        if (blockOwnerDeletion) {
            builder.put("blockOwnerDeletion", true);
        }
        return builder.build();
    }
}
