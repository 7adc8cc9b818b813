package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a user of kubectl sees of custom kinds. */
@Timeout(120)
class CustomKubectlTest {
    private static final String TAB = """
            apiVersion: stable.example.com/v1
            kind: CronTab
            metadata: {name: mine}
            spec: {cronSpec: '* * * * */5', replicas: 3}
            """;
    @TempDir
    private Path folder;

    private static void contains(String part, String whole) {
        assertTrue(whole.contains(part), whole);
    }

    @Test
    void doesWithCustomKindsWhatItDoesWithOthers() throws Exception {
        try (var server = TestServer.in(folder)) {
            var kubectl = new UsualKubectl(server.kubeconfig(), folder);
            contains("no matches for kind \"CronTab\" in version \"stable.example.com/v1\"",
                    kubectl.file(TAB, "apply"));
            assertEquals("customresourcedefinition.apiextensions.k8s.io/crontabs.stable.example.com created\n",
                    kubectl.file(CustomResources.CRON_TAB, "apply"));
            contains("condition met", kubectl.run("wait", "--for=condition=established", "--timeout=10s",
                    "crd/crontabs.stable.example.com"));
            assertEquals("crontab.stable.example.com/mine created\n", kubectl.file(TAB, "apply"));
            assertEquals("crontab.stable.example.com/mine unchanged\n", kubectl.file(TAB, "apply"));
            assertEquals("crontab.stable.example.com/mine configured\n",
                    kubectl.file(TAB.replace("replicas: 3", "replicas: 4"), "apply"));
            var table = kubectl.run("get", "ct").lines().map(line -> line.replaceAll(" +", " ")).toList();
            assertEquals("NAME SPEC REPLICAS AGE", table.getFirst());
            assertTrue(table.get(1).startsWith("mine * * * * */5 4 "), table.get(1));
            contains("crontab.stable.example.com/mine", kubectl.run("get", "all"));
            contains("ct           stable.example.com/v1", kubectl.run("api-resources").replaceAll("crontabs +", ""));
            var explained = kubectl.run("explain", "crontab.spec");
            contains("What is wanted.", explained);
            contains("cronSpec\t<string> -required-", explained);
            contains("strict decoding error: unknown field \"spec.stray\"",
                    kubectl.file(TAB.replace("replicas: 3", "stray: 3"), "apply"));
            contains("scaled", kubectl.run("scale", "ct/mine", "--replicas=2"));
            assertEquals("2", kubectl.run("get", "ct", "mine", "-o", "jsonpath={.spec.replicas}"));
            contains("patched", kubectl.run("patch", "ct", "mine", "--type=merge",
                    "-p", "{\"spec\":{\"image\":\"i\"}}"));
            contains("serverside-applied", kubectl.file(TAB.replace("name: mine", "name: theirs")
                    .replace("replicas: 3", "steps: [{name: a}, {name: b, run: later}]"), "apply", "--server-side"));
            contains("serverside-applied", kubectl.file(TAB.replace("name: mine", "name: theirs")
                    .replace("replicas: 3", "steps: [{name: c}]"), "apply", "--server-side", "--field-manager=other"));
            assertEquals("a b c", kubectl.run("get", "ct", "theirs", "-o", "jsonpath={.spec.steps[*].name}"));
            contains("labeled", kubectl.run("label", "ct", "mine", "a=b"));
            contains("deleted", kubectl.run("delete", "ct", "mine"));
            contains("deleted", kubectl.run("delete", "crd", "crontabs.stable.example.com"));
            contains("(NotFound): Unable to list \"stable.example.com/v1, Resource=crontabs\"",
                    kubectl.run("get", "ct"));
        }
    }
}
