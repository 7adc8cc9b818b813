package dev.starling.apiserver.custom;

import dev.starling.apiserver.custom.Conditions.Condition;
import dev.starling.apiserver.registry.KindRules;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.KubeObject;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** The rules of definitions: which versions are stored is remembered, and a deletion waits for the objects. */
record DefinitionRules(InstantSource clock) implements KindRules {
    @Override
    public boolean hasStatus() {
        return true;
    }

    @Override
    public boolean hasGeneration() {
        return true;
    }

    @Override
    public boolean updatesUnconditionally() {
        return false;
    }

    @Override
    public KubeObject prepareForCreate(KubeObject object) {
        return withStoredVersion(object);
    }

    @Override
    public KubeObject prepareForUpdate(KubeObject before, KubeObject after) {
        return withStoredVersion(after);
    }

    /** A version in which objects were ever stored stays in the list until somebody has moved them. */
    private static KubeObject withStoredVersion(KubeObject object) {
        List<Json> stored = new ArrayList<>(object.status().array("storedVersions").values());
        new Definition(object).versions().stream().filter(Definition.Version::storage)
                .map(version -> new JsonString(version.name())).filter(name -> !stored.contains(name))
                .forEach(stored::add);
        return object.with(JsonArray.of(stored), "status", "storedVersions");
    }

    /** The first request marks a definition, so that its objects go before it. */
    @Override
    public boolean held(KubeObject object) {
        return !object.deleting();
    }

    @Override
    public KubeObject prepareForDeletion(KubeObject object) {
        List<String> finalizers = new ArrayList<>(object.finalizers());
        if (!finalizers.contains(Definition.CLEANUP)) {
            finalizers.add(Definition.CLEANUP);
        }
        return Conditions.with(object.with(JsonArray.strings(finalizers), "metadata", "finalizers"),
                new Condition("Terminating", true, "InstanceDeletionPending",
                        "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"),
                clock.instant());
    }
}
