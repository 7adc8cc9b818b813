package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
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
    private static Kubectl kubectl;

    @BeforeAll
    static void start() {
        server = TestServer.in(folder);
        kubectl = Kubectl.installed(server, folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String run(String... arguments) throws Exception {
        return kubectl.run(arguments);
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
