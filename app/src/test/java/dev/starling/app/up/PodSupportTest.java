package dev.starling.app.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.ObjectReader;
import dev.starling.apiserver.registry.Request;
import dev.starling.apiserver.registry.Undo;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.yaml.Yaml;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PodSupportTest {
    private static final Caller USER = new Caller("kubernetes-admin", "", List.of("system:masters"), Map.of());
    private static final KubeObject PLAIN = KubeObject.of(Yaml.documents("""
            apiVersion: v1
            kind: Pod
            metadata: {name: web, namespace: default, annotations: {mine: kept}}
            spec: {containers: [{name: c, image: web}]}
            """).getFirst().object());
    private static final KubeObject BILLED = PLAIN
            .with("2026-01-01T00:00:01Z", "metadata", "annotations", "starling.dev/billing-start")
            .with("2026-01-01T00:00:02Z", "metadata", "annotations", "starling.dev/billing-end")
            .with("{}", "metadata", "annotations", "starling.dev/receipt");

    private static KubeObject admit(Operation operation, Caller caller, Optional<KubeObject> before, KubeObject pod) {
        return new PodSupport(() -> Instant.EPOCH).admit(new AdmissionRequest(operation, pod.key(Kinds.PODS), before,
                pod, new AdmissionRequest.Circumstances(Request.by(caller), WriteOptions.DEFAULT, new Nothing(),
                        new Undo())));
    }

    @Test
    void aPodMadeFromACopyOfAnotherDoesNotBringTheOthersBill() {
        assertEquals(Map.of("mine", "kept", "starling.dev/created", "1970-01-01T00:00:00.000000Z"),
                admit(Operation.CREATE, USER, Optional.empty(), BILLED).annotations());
    }

    @Test
    void onlyTheNodeRecordsWhatAPodCosts() {
        assertEquals(PLAIN, admit(Operation.UPDATE, USER, Optional.of(PLAIN), BILLED));
        assertEquals(BILLED.annotations(),
                admit(Operation.UPDATE, USER, Optional.of(BILLED), PLAIN).annotations());
        assertEquals(BILLED,
                admit(Operation.UPDATE, Caller.component("virtual-node"), Optional.of(PLAIN), BILLED));
    }

    private static void change(String part, KubeObject after) {
        new PodChangeSupport().admit(new AdmissionRequest(Operation.UPDATE, PLAIN.key(Kinds.PODS).sub(part),
                Optional.of(PLAIN), after, new AdmissionRequest.Circumstances(Request.by(USER), WriteOptions.DEFAULT,
                        new Nothing(), new Undo())));
    }

    @Test
    void changesThatNoNodeCanFollowYetAreRefusedWithEveryReason() {
        change("resize", PLAIN);
        change("ephemeralcontainers", PLAIN);
        var looked = PLAIN.with(Yaml.documents("[{name: look, image: busybox}]").getFirst(), "spec",
                "ephemeralContainers");
        assertEquals("pods \"web\" is forbidden: spec.ephemeralContainers: not supported yet by Starling",
                assertThrows(ApiException.class, () -> change("ephemeralcontainers", looked)).getMessage());
        var resized = PLAIN.with(Yaml.documents("[{name: c, image: web, resources: {limits: {cpu: 1}}}]").getFirst(),
                "spec", "containers");
        assertEquals("pods \"web\" is forbidden: spec.containers[0].resources: a change of a pod that is there is not "
                + "supported yet by Starling",
                assertThrows(ApiException.class, () -> change("resize", resized)).getMessage());
    }

    private static final class Nothing implements ObjectReader {
        @Override
        public Optional<KubeObject> find(ObjectKey key) {
            return Optional.empty();
        }

        @Override
        public List<KubeObject> all(ResourceType type, String namespace) {
            return List.of();
        }
    }
}
