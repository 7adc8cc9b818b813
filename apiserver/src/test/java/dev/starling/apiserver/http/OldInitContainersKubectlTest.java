package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What users of kubectl see of the annotations by which pods declared init containers before Kubernetes 1.8. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class OldInitContainersKubectlTest {
    private static final String WARNING = "Warning: annotation pod.beta.kubernetes.io/init-containers is ignored and "
            + "dropped: Kubernetes has not read it since 1.8; use spec.initContainers\n";

    @TempDir
    private static Path folder;
    private static TestServer server;
    private static Path kubectl = Path.of("");

    @BeforeAll
    static void start() {
        for (String part : System.getenv("PATH").split(":")) {
            var program = Path.of(part, "kubectl");
            kubectl = kubectl.toString().isEmpty() && Files.isExecutable(program) ? program : kubectl;
        }
        server = TestServer.in(folder);
        assumeTrue(!kubectl.toString().isEmpty(), "kubectl is not installed");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String run(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(kubectl.toString(), "--kubeconfig", server.kubeconfig().toString(),
                "--cache-dir", folder.resolve("cache").toString()));
        command.addAll(List.of(arguments));
        var output = Files.createTempFile(folder, "out", ".txt");
        var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        if (!process.waitFor(40, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            process.waitFor();
        }
        return Files.readString(output);
    }

    private static String manifest() throws Exception {
        String pod = "{metadata: {labels: {a: b}, annotations: {pod.beta.kubernetes.io/init-containers: "
                + "'[{\"name\": \"i\", \"image\": \"init:1\"}]'}}, spec: {restartPolicy: Always, containers: "
                + "[{name: c, image: \"i:1\"}]}}";
        return Files.writeString(folder.resolve("d.yaml"), "apiVersion: apps/v1\nkind: Deployment\n"
                + "metadata: {name: d}\nspec: {selector: {matchLabels: {a: b}}, template: " + pod + "}\n").toString();
    }

    private static String inits(String namespace) throws Exception {
        return run("get", "deployment", "d", "-n", namespace, "-o",
                "jsonpath={.spec.template.spec.initContainers[*].image} {.spec.template.metadata.annotations}");
    }

    @Test
    void theyAreDroppedWithAWarningOrConvertedWhereTheNamespaceAsksForIt() throws Exception {
        String file = manifest();
        assertEquals(WARNING + "deployment.apps/d created\n", run("apply", "-f", file));
        assertEquals(" ", inits("default"));
        run("create", "namespace", "old");
        run("label", "namespace", "old", "starling.dev/legacy-init-containers=convert");
        assertEquals("deployment.apps/d created\n", run("apply", "-n", "old", "-f", file));
        assertEquals("init:1 ", inits("old"));
        String again = run("apply", "-n", "old", "-f", file);
        assertTrue(again.startsWith("deployment.apps/d "), again);
        assertEquals("init:1 ", inits("old"));
    }
}
