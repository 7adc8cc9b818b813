package dev.starling.control.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.control.TestApi;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ClaimsTest {
    private static final String SET = """
            apiVersion: apps/v1
            kind: ReplicaSet
            metadata: {name: web}
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec: {containers: [{name: c, image: v1}]}
            """;
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: %s, labels: {app: web}}
            spec: {containers: [{name: c, image: v1}]}
            """;

    private final TestApi server = new TestApi(List.of());
    private final KubeApi api = server.as("test");

    @AfterEach
    void close() {
        server.close();
    }

    private List<KubeObject> claim(KubeObject set, List<KubeObject> pods) {
        return Claims.of(set, Owned.selector(set), pods).carryOut(set, Kinds.REPLICA_SETS, Kinds.PODS, api);
    }

    @Test
    void adoptsOrphansAndDoesNotCountThoseThatAreGone() {
        var set = server.apply(SET);
        var here = server.apply(POD.formatted("here"));
        var gone = server.apply(POD.formatted("gone"));
        api.delete(gone.key(Kinds.PODS));
        assertEquals(List.of(here), claim(set, List.of(here, gone)));
        assertEquals(set.uid(), api.get(here.key(Kinds.PODS)).controller().orElseThrow().uid());
    }

    @Test
    void anOwnerThatIsGoneByTheApiItselfAdoptsNothing() {
        var late = server.apply(SET);
        api.delete(late.key(Kinds.REPLICA_SETS));
        var orphan = server.apply(POD.formatted("p"));
        assertThrows(ApiException.class, () -> claim(late, List.of(orphan)));
        server.apply(SET);
        assertThrows(ApiException.class, () -> claim(late, List.of(orphan)));
        assertEquals(Optional.empty(), api.get(orphan.key(Kinds.PODS)).controller());
    }
}
