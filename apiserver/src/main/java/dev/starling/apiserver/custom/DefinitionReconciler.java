package dev.starling.apiserver.custom;

import dev.starling.apiserver.custom.Conditions.Condition;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.Registry;
import dev.starling.apiserver.registry.Request;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.informer.Reconciler;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Has definitions served: judges their names, serves their kinds, tells of it, and takes all away at the end. */
final class DefinitionReconciler implements Reconciler {
    private static final Duration NEXT_LOOK = Duration.ofSeconds(1);

    private final Registry registry;
    private final Informer definitions;
    private final Serving serving;

    DefinitionReconciler(Registry registry, Informer definitions, Serving serving) {
        this.registry = registry;
        this.definitions = definitions;
        this.serving = serving;
    }

    @Override
    public Outcome reconcile(ObjectKey key, KubeApi api, Instant now) {
        var found = definitions.find("", key.name());
        if (found.isEmpty()) {
            serving.drop(key.name());
            return judgeAll(api, now);
        }
        var definition = new Definition(found.get());
        if (definition.object().deleting() && definition.object().finalizers().contains(Definition.CLEANUP)) {
            return clean(definition, api, now);
        }
        judge(definition, api, now);
        return Outcome.done();
    }

    /** Names that were taken may be free now. */
    private Outcome judgeAll(KubeApi api, Instant now) {
        definitions.all().stream().map(Definition::new)
                .filter(definition -> !definition.condition("NamesAccepted").equals("True"))
                .forEach(definition -> judge(definition, api, now));
        return Outcome.done();
    }

    private void judge(Definition definition, KubeApi api, Instant now) {
        var all = definitions.all().stream().map(Definition::new).toList();
        var judged = Naming.judged(definition, all, now);
        if (new Definition(judged).condition("Established").equals("True")) {
            judged = served(definition, judged, now);
        }
        if (!judged.equals(definition.object())) {
            api.update(Kinds.CUSTOM_RESOURCE_DEFINITIONS.key(judged.name()).sub("status"), judged);
        }
    }

    /** Established is said of what is served already. */
    private KubeObject served(Definition definition, KubeObject judged, Instant now) {
        try {
            serving.serve(definition);
            return judged;
        } catch (IllegalArgumentException e) {
            return Naming.refused(definition, now);
        }
    }

    /** Deletes the objects, and lets the definition go when none is left. */
    private Outcome clean(Definition definition, KubeApi api, Instant now) {
        if (definition.established()) {
            serving.serve(definition);
            boolean empty = cheapest(definition).map(version -> emptied(definition.type(version))).orElse(true);
            if (!empty) {
                tell(definition.object(), api, now);
                return Outcome.again(NEXT_LOOK);
            }
        }
        var finalizers = definition.object().finalizers().stream()
                .filter(name -> !name.equals(Definition.CLEANUP)).toList();
        api.update(Kinds.CUSTOM_RESOURCE_DEFINITIONS.key(definition.object().name()),
                definition.object().with(JsonArray.strings(finalizers), "metadata", "finalizers"));
        return Outcome.done();
    }

    /** The version that is read without asking a webhook, if that is served: it may have gone before. */
    private static Optional<Definition.Version> cheapest(Definition definition) {
        var served = definition.versions().stream().filter(Definition.Version::served).toList();
        return served.stream().filter(Definition.Version::storage).findFirst()
                .or(() -> served.stream().findFirst());
    }

    private boolean emptied(ResourceType type) {
        var request = Request.by(Caller.component("custom-resources"));
        registry.deleteCollection(request, ListQuery.all(type), DeleteOptions.DEFAULT);
        return registry.list(ListQuery.all(type).withPage(1, "")).items().isEmpty();
    }

    private static void tell(KubeObject definition, KubeApi api, Instant now) {
        var told = Conditions.with(definition, new Condition("Terminating", true, "InstanceDeletionInProgress",
                "CustomResource deletion is in progress"), now);
        if (!told.equals(definition)) {
            api.update(Kinds.CUSTOM_RESOURCE_DEFINITIONS.key(definition.name()).sub("status"), told);
        }
    }
}
