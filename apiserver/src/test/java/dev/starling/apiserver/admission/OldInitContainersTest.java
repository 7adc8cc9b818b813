package dev.starling.apiserver.admission;

import static dev.starling.apiserver.registry.Objects.deployment;
import static dev.starling.apiserver.registry.Objects.namespace;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of init containers that an annotation declares and {@code spec.initContainers} too. */
final class OldInitContainersTest {
    private static final ObjectKey KEY = Kinds.DEPLOYMENTS.key("old", "d");

    private final TestRegistry server = TestRegistry.inMemory();

    @AfterEach
    void close() {
        server.close();
    }

    private static KubeObject annotated(KubeObject deployment) {
        return deployment.with("[{\"name\":\"i\",\"image\":\"init:1\"}]", "spec", "template", "metadata",
                "annotations", "pod.beta.kubernetes.io/init-containers");
    }

    private static KubeObject running(KubeObject deployment, String image) {
        return deployment.with(JsonArray.of((Json) JsonObject.of("name", "i", "image", image)), "spec", "template",
                "spec", "initContainers");
    }

    private static String image(KubeObject deployment) {
        return deployment.spec().array("template", "spec", "initContainers").objects().getFirst().text("image");
    }

    @Test
    void whoAppliesTheAnnotationAgainChangesNothingAndWhoEditsBothIsRefused() {
        server.api().create(Kinds.NAMESPACES.key("old"), namespace("old")
                .with("convert", "metadata", "labels", "starling.dev/legacy-init-containers"));
        var made = server.api().create(KEY, annotated(deployment("d")));
        assertEquals("init:1", image(made));
        var again = server.api().update(KEY, annotated(made));
        assertEquals("init:1", image(again));
        var refusal = assertThrows(ApiException.class,
                () -> server.api().update(KEY, annotated(running(again, "init:2"))));
        assertTrue(refusal.getMessage().contains("both spec.initContainers and the annotation"),
                refusal.getMessage());
        assertEquals("init:2", image(server.api().update(KEY, running(again, "init:2"))));
    }
}
