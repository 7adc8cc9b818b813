package dev.starling.control.workload;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.OwnerReference;

/**
 * Makes pods from a {@code PodTemplateSpec}.
 *
 * @param tree the template as its owner holds it
 */
public record PodTemplate(JsonObject tree) {

    public static PodTemplate of(KubeObject owner) {
        return new PodTemplate(owner.spec().object("template"));
    }

    public JsonObject labels() {
        return tree.object("metadata", "labels");
    }

    /** A pod that an owner controls, named by the server after it. */
    public KubeObject podOf(KubeObject owner) {
        return podOf(owner, "generateName", owner.name() + "-");
    }

    /** A pod that an owner controls, with a name of its own. */
    public KubeObject podOf(KubeObject owner, String name) {
        return podOf(owner, "name", name);
    }

    private KubeObject podOf(KubeObject owner, String naming, String name) {
        var metadata = JsonObject.builder().put(naming, name).put("namespace", owner.namespace());
        for (String field : new String[] {"labels", "annotations", "finalizers"}) {
            tree.object("metadata").find(field).ifPresent(value -> metadata.put(field, value));
        }
        metadata.put("ownerReferences", JsonArray.of((Json) OwnerReference.controllerOf(owner).json()));
        return KubeObject.of(JsonObject.of("apiVersion", "v1", "kind", "Pod",
                "metadata", metadata.build(), "spec", tree.object("spec")));
    }
}
