package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a real kubectl shows of roles, reviews and impersonation. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class KubectlAccessTest {
    @TempDir
    private static Path folder;
    private static TestServer server;
    private static Path kubectl;

    @BeforeAll
    static void start() {
        var found = Arrays.stream(System.getenv("PATH").split(":")).map(part -> Path.of(part, "kubectl"))
                .filter(Files::isExecutable).findFirst();
        assumeTrue(found.isPresent(), "kubectl is not installed");
        kubectl = found.get();
        server = TestServer.in(folder);
        server.bootstrapRoles();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static String run(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(kubectl.toString(), "--kubeconfig", server.kubeconfig().toString(),
                "--cache-dir", folder.resolve("cache").toString()));
        command.addAll(List.of(arguments));
        var output = Files.createTempFile(folder, "out", ".txt");
        var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            process.waitFor();
        }
        return Files.readString(output);
    }

    @Test
    void givesAUserARoleAndTakesItAway() throws Exception {
        assertEquals("Error from server (Forbidden): pods is forbidden: User \"jane\" cannot list resource \"pods\" in "
                + "API group \"\" in the namespace \"default\"\n", run("get", "pods", "--as", "jane"));
        assertEquals("role.rbac.authorization.k8s.io/reader created\n",
                run("create", "role", "reader", "--verb=get,list,watch", "--resource=pods,pods/log"));
        assertEquals("rolebinding.rbac.authorization.k8s.io/readers created\n",
                run("create", "rolebinding", "readers", "--role=reader", "--user=jane"));
        assertEquals("No resources found in default namespace.\n", run("get", "pods", "--as", "jane"));
        assertEquals("yes\n", run("auth", "can-i", "get", "pods/log", "--as", "jane"));
        assertEquals("no\n", run("auth", "can-i", "delete", "pods", "--as", "jane"));
        assertEquals("yes\n", run("auth", "can-i", "get", "/api", "--as", "jane"));
        String rules = run("auth", "can-i", "--list", "--as", "jane");
        assertTrue(rules.contains("selfsubjectreviews.authentication.k8s.io"), rules);
        assertTrue(rules.lines().anyMatch(line -> line.startsWith("pods/log ") && line.endsWith("[get list watch]")),
                rules);
        assertTrue(run("get", "rolebinding", "-o", "wide").contains("Role/reader"));
        run("delete", "rolebinding", "readers");
        assertEquals("no\n", run("auth", "can-i", "get", "pods/log", "--as", "jane"));
    }

    @Test
    void showsWhomOneActsAs() throws Exception {
        String who = run("auth", "whoami", "--as", "jane", "--as-group", "devs", "-o", "json");
        assertTrue(who.contains("\"username\": \"jane\""), who);
        assertTrue(who.contains("\"devs\"") && who.contains("\"system:authenticated\""), who);
    }

    @Test
    void reconcilesRoles() throws Exception {
        var file = folder.resolve("roles.yaml");
        Files.writeString(file, "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: c}\n"
                + "rules: [{apiGroups: [apps], resources: [deployments], verbs: [get]}]\n");
        assertEquals("clusterrole.rbac.authorization.k8s.io/c reconciled\n",
                run("auth", "reconcile", "-f", file.toString()).lines().findFirst().orElse("") + "\n");
        assertEquals("[\"get\"]", run("get", "clusterrole", "c", "-o", "jsonpath={.rules[0].verbs}"));
    }
}
