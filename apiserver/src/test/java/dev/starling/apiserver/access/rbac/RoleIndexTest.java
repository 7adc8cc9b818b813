package dev.starling.apiserver.access.rbac;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.apiserver.access.Attributes;
import dev.starling.apiserver.access.Authorizer.Word;
import dev.starling.apiserver.access.Callers;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RoleIndexTest {
    private static final int CHANGES = 20_000;

    private final RoleIndex index = new RoleIndex();

    @BeforeEach
    void fill() {
        index.startOver(List.of(object("""
                {kind: ClusterRole, metadata: {name: reader}, rules: [{apiGroups: [""], resources: [pods],
                 verbs: [get]}]}
                """), binding("jane", "joe")));
    }

    private static KubeObject object(String yaml) {
        return KubeObject.of(Yaml.documents(yaml).getFirst().object());
    }

    private static KubeObject binding(String... users) {
        var subjects = List.of(users).stream().map(name -> "{kind: User, name: " + name + "}").toList();
        return object("{kind: ClusterRoleBinding, metadata: {name: b}, roleRef: {kind: ClusterRole, name: reader}, "
                + "subjects: " + subjects + "}");
    }

    private Word may(String user) {
        return index.judge(Callers.authenticated(user, List.of()),
                new Attributes("get", "", "pods", "", "default", "p", "")).word();
    }

    @Test
    void aChangedBindingHoldsForThoseWhomItStillNames() {
        index.changed(Optional.of(binding("jane", "joe")), Optional.of(binding("jane", "jim")));
        assertEquals(List.of(Word.ALLOW, Word.NO_OPINION, Word.ALLOW), List.of(may("jane"), may("joe"), may("jim")));
        index.changed(Optional.of(binding("jane", "jim")), Optional.empty());
        assertEquals(List.of(Word.NO_OPINION, Word.NO_OPINION), List.of(may("jane"), may("jim")));
    }

    @Test
    void aBindingThatChangesIsMissedByNoReader() throws InterruptedException {
        var over = new AtomicBoolean();
        var refused = new AtomicInteger();
        var reader = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                refused.addAndGet(may("jane") == Word.ALLOW ? 0 : 1);
            }
        });
        for (int i = 0; i < CHANGES; i++) {
            index.changed(Optional.of(binding("jane")), Optional.of(binding("jane")));
        }
        over.set(true);
        reader.join();
        assertEquals(0, refused.get());
    }
}
