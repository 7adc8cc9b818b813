package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.object.Kinds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What kubectl's users do with the owners of fields: real kubectls beside the one on the path. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class KubectlApplyTest {
    @TempDir
    private static Path folder;
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.in(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Kubectl version(String minor) {
        return Kubectl.version(minor, server, folder).with("KUBE_EDITOR",
                "sed -i s/edited:.no/edited:\\ yes/");
    }

    private static String manifest(String name, String data) throws Exception {
        var file = folder.resolve(name + ".yaml");
        Files.writeString(file, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\n"
                + "data: " + data + "\n");
        return file.toString();
    }

    private static List<String> owners(String name) {
        return server.registry().api().get(Kinds.CONFIG_MAPS.key("default", name)).metadata().array("managedFields")
                .objects().stream().map(entry -> entry.text("manager") + " " + entry.text("operation")).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"27", "31", "33"})
    void movesFromTheClientsSideToTheServers(String version) throws Exception {
        var kubectl = version(version);
        String name = "move" + version;
        kubectl.run("apply", "-f", manifest(name, "{a: \"1\", b: \"1\"}"));
        assertEquals(List.of("kubectl-client-side-apply Update"), owners(name));
        assertEquals("configmap/" + name + " serverside-applied\n",
                kubectl.run("apply", "--server-side", "-f", manifest(name, "{a: \"2\"}")));
        assertEquals(List.of("kubectl Apply", "kubectl-last-applied Apply"), owners(name));
        assertEquals("{\"a\":\"2\"}", kubectl.run("get", "cm", name, "-o", "jsonpath={.data}"));
        assertEquals("configmap/" + name + " serverside-applied\n",
                kubectl.run("apply", "--server-side", "-f", manifest(name, "{a: \"2\"}")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"28", "32"})
    void tellsOfConflictsAndTakesFieldsByForce(String version) throws Exception {
        var kubectl = version(version);
        String name = "force" + version;
        kubectl.run("apply", "--server-side", "-f", manifest(name, "{a: \"1\"}"));
        kubectl.run("patch", "cm", name, "-p", "{\"data\":{\"a\":\"3\"}}");
        String refusal = kubectl.run("apply", "--server-side", "-f", manifest(name, "{a: \"2\"}"));
        assertTrue(refusal.startsWith("error: Apply failed with 1 conflict: conflict with \"kubectl-patch\" using v1: "
                + ".data.a\nPlease review the fields above"), refusal);
        assertEquals("configmap/" + name + " serverside-applied\n",
                kubectl.run("apply", "--server-side", "--force-conflicts", "-f", manifest(name, "{a: \"2\"}")));
        assertEquals(List.of("kubectl Apply"), owners(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"27", "33"})
    void showsWhatWouldChangeAndWhoOwns(String version) throws Exception {
        var kubectl = version(version);
        String name = "diff" + version;
        kubectl.run("apply", "--server-side", "-f", manifest(name, "{a: \"1\"}"));
        assertEquals("", kubectl.run("diff", "--server-side", "-f", manifest(name, "{a: \"1\"}")));
        String wanted = manifest(name, "{a: \"2\"}");
        for (var options : List.of(new String[] {"diff", "-f", wanted},
                new String[] {"diff", "--server-side", "-f", wanted})) {
            String diff = kubectl.run(options);
            assertTrue(diff.contains("-  a: \"1\"\n+  a: \"2\"\n"), diff);
        }
        assertEquals("1", kubectl.run("get", "cm", name, "-o", "jsonpath={.data.a}"));
        assertFalse(kubectl.run("get", "cm", name, "-o", "yaml").contains("managedFields"));
        assertTrue(kubectl.run("get", "cm", name, "-o", "yaml", "--show-managed-fields").contains("""
                  managedFields:
                  - apiVersion: v1
                    fieldsType: FieldsV1
                    fieldsV1:
                      f:data:
                        f:a: {}
                    manager: kubectl
                    operation: Apply
                """));
    }

    @ParameterizedTest
    @ValueSource(strings = {"29", "33"})
    void editsWhatIsThere(String version) throws Exception {
        var kubectl = version(version);
        String name = "edit" + version;
        Files.writeString(folder.resolve(name + ".yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name
                + "}\ndata:\n  edited: none\n");
        kubectl.run("apply", "-f", folder.resolve(name + ".yaml").toString());
        assertEquals("configmap/" + name + " edited\n", kubectl.run("edit", "cm", name));
        assertEquals("yesne", kubectl.run("get", "cm", name, "-o", "jsonpath={.data.edited}"));
        assertTrue(owners(name).contains("kubectl-edit Update"), owners(name).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"33"})
    void refusesFieldsThatNobodyDeclared(String version) throws Exception {
        var kubectl = version(version);
        var file = folder.resolve("odd.yaml");
        Files.writeString(file, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: odd}\ndato: {a: b}\n");
        String answer = kubectl.run("apply", "--server-side", "--validate=false", "-f", file.toString());
        assertTrue(answer.contains("failed to create typed patch object (default/odd; v1, Kind=ConfigMap): .dato: "
                + "field not declared in schema"), answer);
    }
}
