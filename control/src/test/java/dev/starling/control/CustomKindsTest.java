package dev.starling.control;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.ThreadDriver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.yaml.Yaml;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Garbage and namespaces of kinds that were defined while the controllers run. */
@Timeout(60)
final class CustomKindsTest {
    private static final ResourceType THINGS = new ResourceType("example.com", "v1", "things", "Thing", true);
    private static final String DEFINITION = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: things.example.com}
            spec:
              group: example.com
              scope: Namespaced
              names: {plural: things, kind: Thing}
              versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
            """;

    private TestApi server;
    private Controllers controllers;
    private KubeApi api;

    @BeforeEach
    void start() {
        server = new TestApi(List.of());
        controllers = Controllers.start(server::as, new ThreadDriver(InstantSource.system()), ControlSettings.DEFAULT);
        api = server.as("test");
        var definition = KubeObject.of(Yaml.documents(DEFINITION).getFirst().object());
        api.create(Kinds.CUSTOM_RESOURCE_DEFINITIONS.key(definition.name()), definition);
        await(() -> api.get(Kinds.CUSTOM_RESOURCE_DEFINITIONS.key(definition.name())).status().toString()
                .contains("InitialNamesAccepted"));
    }

    @AfterEach
    void stop() {
        controllers.close();
        server.close();
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    private boolean gone(ResourceType type, String namespace, String name) {
        return api.list(ListQuery.in(type, namespace)).items().stream()
                .noneMatch(object -> object.name().equals(name));
    }

    private KubeObject owned(KubeObject object, KubeObject owner) {
        return object.with(Json.of(List.of(JsonObject.of("apiVersion", owner.apiVersion(), "kind", owner.kind(),
                "name", owner.name(), "uid", owner.uid()))), "metadata", "ownerReferences");
    }

    @Test
    void goesWithItsOwnerInBothDirections() {
        var thing = api.create(THINGS.key("default", "a"), KubeObject.named(THINGS, "default", "a"));
        api.create(Kinds.CONFIG_MAPS.key("default", "m"),
                owned(KubeObject.named(Kinds.CONFIG_MAPS, "default", "m"), thing));
        var map = api.create(Kinds.CONFIG_MAPS.key("default", "o"),
                KubeObject.named(Kinds.CONFIG_MAPS, "default", "o"));
        api.create(THINGS.key("default", "b"), owned(KubeObject.named(THINGS, "default", "b"), map));
        assertTrue(!gone(THINGS, "default", "b"));
        api.delete(THINGS.key("default", "a"));
        await(() -> gone(Kinds.CONFIG_MAPS, "default", "m"));
        api.delete(Kinds.CONFIG_MAPS.key("default", "o"));
        await(() -> gone(THINGS, "default", "b"));
    }

    @Test
    void goesWithItsNamespace() {
        api.create(Kinds.NAMESPACES.key("n"), KubeObject.named(Kinds.NAMESPACES, "", "n"));
        api.create(THINGS.key("n", "a"), KubeObject.named(THINGS, "n", "a"));
        api.delete(Kinds.NAMESPACES.key("n"));
        await(() -> gone(Kinds.NAMESPACES, "", "n"));
        assertTrue(gone(THINGS, "n", "a"));
    }
}
