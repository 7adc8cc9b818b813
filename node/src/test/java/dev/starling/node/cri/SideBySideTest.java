package dev.starling.node.cri;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.node.host.Commands;
import dev.starling.node.runtime.Sandbox;
import dev.starling.node.runtime.SandboxSpec;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SideBySideTest {
    @TempDir
    private Path one;

    @TempDir
    private Path two;

    @Test
    void twoInstancesDoNotMeet() {
        RealMachine.required();
        CriRuntime first = CriRuntime.open(ContainerdSettings.in(one));
        CriRuntime second = CriRuntime.open(ContainerdSettings.in(two));
        try {
            assertNotEquals(first.facts().podRange(), second.facts().podRange());
            first.createSandbox(SandboxSpec.named("same"));
            Sandbox kept = second.createSandbox(SandboxSpec.named("same"));
            assertEquals(1, first.sandboxes().size());
            first.shutdown();
            assertEquals(List.of(), RealMachine.traces(one));
            assertTrue(second.sandboxes().getFirst().ready());
            assertTrue(Commands.attempt("", List.of("busybox", "ping", "-c", "1", "-W", "2", kept.ip())).succeeded());
            String range = second.facts().podRange();
            second.shutdown();
            CriRuntime again = CriRuntime.open(ContainerdSettings.in(two));
            assertEquals(range, again.facts().podRange());
            assertEquals(List.of(), again.sandboxes());
            again.shutdown();
        } finally {
            CriRuntime.takeDown(one);
            CriRuntime.takeDown(two);
        }
        assertEquals(List.of(), RealMachine.traces(two));
    }
}
