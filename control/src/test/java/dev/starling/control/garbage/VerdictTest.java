package dev.starling.control.garbage;

import static dev.starling.control.workload.Objects.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.control.garbage.Verdict.Owner;
import dev.starling.kube.api.DeleteOptions.Propagation;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class VerdictTest {
    private static KubeObject owned(String... uids) {
        var references = Arrays.stream(uids).map(uid -> "{kind: X, name: x, uid: " + uid + "}").toList();
        return pod("default/p").with(Yaml.documents(references.toString()).getFirst(), "metadata", "ownerReferences");
    }

    private static KubeObject holding(KubeObject object, String finalizer) {
        return object.with(Yaml.documents("[" + finalizer + "]").getFirst(), "metadata", "finalizers");
    }

    @Test
    void whatALivingOwnerHoldsStaysAndForgetsTheOthers() {
        assertEquals(new Verdict.Keep(), Verdict.of(owned("a"), List.of(Owner.LIVING), true));
        assertEquals(new Verdict.Forget(List.of("b", "c")),
                Verdict.of(owned("a", "b", "c"), List.of(Owner.LIVING, Owner.GONE, Owner.WAITING), true));
    }

    @Test
    void whatNobodyHoldsGoes() {
        assertEquals(new Verdict.Delete(Propagation.BACKGROUND), Verdict.of(owned("a"), List.of(Owner.GONE), true));
        assertEquals(new Verdict.Delete(Propagation.BACKGROUND),
                Verdict.of(owned("a", "b"), List.of(Owner.GONE, Owner.WAITING), false));
    }

    @Test
    void theForegroundReachesDown() {
        assertEquals(new Verdict.Delete(Propagation.FOREGROUND), Verdict.of(owned("a"), List.of(Owner.WAITING), true));
    }

    @Test
    void whatItsFinalizersAskForIsDone() {
        assertEquals(new Verdict.Delete(Propagation.ORPHAN),
                Verdict.of(holding(owned("a"), "orphan"), List.of(Owner.GONE), true));
        assertEquals(new Verdict.Delete(Propagation.FOREGROUND),
                Verdict.of(holding(owned("a"), "foregroundDeletion"), List.of(Owner.GONE), true));
    }

    @Test
    void whatHasNoOwnersOrIsGoingAlreadyIsLeftAlone() {
        assertEquals(new Verdict.Keep(), Verdict.of(pod("default/p"), List.of(), true));
        var going = owned("a").with("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp");
        assertEquals(new Verdict.Keep(), Verdict.of(going, List.of(Owner.GONE), true));
    }
}
