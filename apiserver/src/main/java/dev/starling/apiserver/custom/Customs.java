package dev.starling.apiserver.custom;

import dev.starling.apiserver.admission.policy.PolicyStatus;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.Catalog;
import dev.starling.apiserver.registry.Kind;
import dev.starling.apiserver.registry.Registry;
import dev.starling.apiserver.registry.ServedResource.Sub;
import dev.starling.apiserver.registry.ServedResource;
import dev.starling.apiserver.schema.BuiltInSchema;
import dev.starling.apiserver.schema.Schema;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.apiserver.webhook.Webhooks;
import dev.starling.kube.informer.Controller;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Serves definitions of custom kinds, and whatever they define: what is in the store already from its making on, later
 * ones at once after their creation.
 */
public final class Customs implements AutoCloseable {
    private static final String NAME = "custom-resources";

    private final Controller controller;
    private final AutoCloseable informing;

    private Customs(Controller controller, AutoCloseable informing) {
        this.controller = controller;
        this.informing = informing;
    }

    /**
     * Adds custom kinds to a registry. The answer is to be closed before the registry's store is.
     *
     * @param webhooks convert between versions
     */
    public static Customs over(Registry registry, Schemas schemas, Webhooks webhooks, Driver driver) {
        registry.serve(List.of(Kinds.CUSTOM_RESOURCE_DEFINITIONS), List.of(definitions(schemas, driver)));
        var api = registry.as(Caller.component(NAME));
        var definitions = new Informer(api, Kinds.CUSTOM_RESOURCE_DEFINITIONS);
        var serving = new Serving(registry, new CustomKinds(schemas, webhooks));
        registry.reader().all(Kinds.CUSTOM_RESOURCE_DEFINITIONS, "").stream().map(Definition::new)
                .filter(Definition::established).forEach(serving::serve);
        var controller = new Controller(NAME, api, new DefinitionReconciler(registry, definitions, serving),
                List.of(definitions));
        definitions.onChange((before, after) -> after.or(() -> before)
                .ifPresent(definition -> controller.enqueue(Kinds.CUSTOM_RESOURCE_DEFINITIONS.key(definition.name()))));
        controller.start(driver, 1);
        return new Customs(controller, definitions.start(driver));
    }

    /** The type of a custom kind's objects as expressions see it; nothing for other kinds. */
    private static Optional<Schema> expressed(Catalog catalog, ResourceType type) {
        return catalog.find(type).flatMap(resource -> resource instanceof Kind kind
                && kind.schema() instanceof CustomSchema schema ? Optional.of(schema.expressed()) : Optional.empty());
    }

    /** What policies are checked against. */
    public static PolicyStatus.Types types(Catalog catalog, Schemas schemas) {
        return new PolicyStatus.Types() {
            @Override
            public List<ResourceType> served() {
                return catalog.served().stream().map(ServedResource::type).toList();
            }

            @Override
            public Optional<Schema> schema(ResourceType type) {
                return schemas.find(type).or(() -> expressed(catalog, type));
            }
        };
    }

    private static Kind definitions(Schemas schemas, Driver driver) {
        ResourceType type = Kinds.CUSTOM_RESOURCE_DEFINITIONS;
        var served = ServedResource.stored(type).withShortNames("crd", "crds").withCategories("api-extensions")
                .withSubresources(new Sub("status", type.apiVersion(), type.kind(), List.of("get", "patch", "update")));
        return Kind.of(served, new DefinitionRules(driver.clock()))
                .with(new DefinitionSchema(BuiltInSchema.of(schemas, type).with(new DefinitionValidation(schemas)),
                        schemas)).with(Map.of());
    }

    @Override
    public void close() {
        try {
            informing.close();
        } catch (Exception e) {
            throw new IllegalStateException("the watch of definitions did not end", e);
        } finally {
            controller.close();
        }
    }
}
