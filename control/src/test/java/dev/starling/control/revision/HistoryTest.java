package dev.starling.control.revision;

import static dev.starling.control.workload.Objects.with;
import static dev.starling.control.workload.Objects.yaml;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.starling.control.TestApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class HistoryTest {
    private static final KubeObject SET = yaml("""
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {namespace: default, name: web, uid: web-uid, annotations: {kubernetes.io/change-cause: first}}
            spec:
              revisionHistoryLimit: 1
              template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: v1}]}}
            """);

    private static KubeObject image(String image) {
        return SET.with(yaml("a: [{name: c, image: %s}]", image).tree().at("a"), "spec", "template", "spec",
                "containers");
    }

    private static KubeObject revision(String image, long number) {
        return with(new History(image(image), List.of()).fresh(0), "revision", number);
    }

    private static List<String> names(List<KubeObject> objects) {
        return objects.stream().map(KubeObject::name).toList();
    }

    @Test
    void aRevisionIsThePatchThatLeadsBackToItsTemplate() {
        var fresh = new History(SET, List.of(revision("v0", 4))).fresh(0);
        String hash = fresh.labels().get("controller.kubernetes.io/hash");
        assertEquals("web-" + hash, fresh.name());
        assertEquals(yaml("""
                spec:
                  template:
                    metadata: {labels: {app: web}}
                    spec: {containers: [{name: c, image: v1}]}
                    $patch: replace
                """).tree(), fresh.tree().object("data"));
        assertEquals(5, fresh.tree().at("revision").number(0));
        assertEquals("web", fresh.labels().get("app"));
        assertEquals("first", fresh.annotations().get("kubernetes.io/change-cause"));
        assertEquals("web-uid", fresh.controller().orElseThrow().uid());
        assertEquals(SET.spec().object("template"), History.template(fresh).tree());
        assertNotEquals(fresh.name(), new History(SET, List.of()).fresh(1).name());
    }

    @Test
    void revisionsOfDaemonSetsBearTheLabelOfTheirPods() {
        var fresh = new History(SET.with("DaemonSet", "kind"), List.of()).fresh(0);
        assertEquals("web-" + fresh.labels().get("controller-revision-hash"), fresh.name());
    }

    @Test
    void findsTheNewestRevisionWithTheSameTemplate() {
        var revisions = List.of(revision("v2", 3), revision("v1", 1), revision("v0", 2));
        assertEquals(names(List.of(revision("v1", 1))), names(List.of(
                new History(SET, revisions).equal().orElseThrow())));
        assertEquals(Optional.empty(), new History(image("v9"), revisions).equal());
    }

    @Test
    void theOldestThatNobodyNeedsGoBeyondTheLimit() {
        var revisions = new ArrayList<KubeObject>();
        for (int i = 1; i <= 5; i++) {
            revisions.add(revision("v" + i, i));
        }
        var history = new History(SET, revisions);
        var live = List.of(revisions.get(1).name(), revisions.get(4).name());
        assertEquals(names(List.of(revisions.get(0), revisions.get(2))), names(history.surplus(live)));
        assertEquals(List.of(), new History(with(SET, "spec.revisionHistoryLimit", 3), revisions).surplus(live));
        assertEquals(3, new History(with(SET, "spec.revisionHistoryLimit", 0), revisions).surplus(live).size());
    }

    @Test
    void aTakenNameLeadsToAnotherAndRollingBackMakesARevisionTheNewest() {
        try (var server = new TestApi(List.of())) {
            var api = server.as("test");
            var taken = revision("v1", 1);
            api.create(taken.key(Kinds.CONTROLLER_REVISIONS),
                    taken.without("metadata", "ownerReferences").with(yaml("a: 1").tree(), "data"));
            var first = HistoryWrites.settle(new History(SET, List.of()), api);
            assertEquals(1, first.collisions());
            assertNotEquals(taken.name(), first.revision().name());
            assertEquals(first, HistoryWrites.settle(new History(SET.with(yaml("collisionCount: 1").tree(), "status"),
                    List.of()), api));
            var second = HistoryWrites.settle(new History(image("v2"), List.of(first.revision())), api);
            assertEquals(2, second.revision().tree().at("revision").number(0));
            var back = HistoryWrites.settle(new History(SET, List.of(first.revision(), second.revision())), api);
            assertEquals(first.revision().name() + " 3", back.revision().name() + " "
                    + back.revision().tree().at("revision").number(0));
            HistoryWrites.trim(new History(with(SET, "spec.revisionHistoryLimit", 0),
                    List.of(back.revision(), second.revision())), List.of(back.revision().name()), api);
            assertEquals(List.of(taken.name(), back.revision().name()).stream().sorted().toList(),
                    names(api.list(ListQuery.in(Kinds.CONTROLLER_REVISIONS, "default")).items()));
        }
    }
}
