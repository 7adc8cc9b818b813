package dev.starling.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class CommandsTest {
    private static final String CONFIG = """
            apiVersion: eksctl.io/v1alpha5
            kind: ClusterConfig
            metadata:
              name: fargate-demo
              region: us-west-2   # a comment that must survive
            fargateProfiles:
              - name: fp-default
                selectors:
                  - namespace: default
                  - namespace: kube-system
              - name: fp-dev
                selectors:
                  - namespace: dev-*
                    labels: {tier: web, env: dev}
            """;

    @TempDir
    private Path folder;
    private final MemoryServer server = new MemoryServer();
    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String input, String... words) {
        out.reset();
        err.reset();
        var session = new Session(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), environment, folder,
                (kubeconfig, from) -> server);
        return new Starling(session).run(List.of(words));
    }

    private String done(String input, String... words) {
        int code = run(input, words);
        assertEquals(0, code, err::toString);
        return out.toString(StandardCharsets.UTF_8);
    }

    private void refused(int code, String line, String input, String... words) {
        assertEquals(code, run(input, words));
        assertEquals(line + "\n", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void createsTheClusterOnceAndUpdatesItAfterwards() {
        assertEquals("""
                Cluster fargate-demo (us-west-2) created on https://127.0.0.1:6443
                Fargate profile fp-default created: pods in default, kube-system
                Fargate profile fp-dev created: pods in dev-* with env=dev,tier=web
                """, done(CONFIG, "create", "cluster", "-f", "-"));
        assertEquals("""
                Cluster fargate-demo (us-west-2) exists: applying its profiles
                Fargate profile fp-default exists already
                Fargate profile fp-dev updated (selectors): pods in test-* with env=dev,tier=web
                """, done(CONFIG.replace("dev-*", "test-*"), "create", "cluster", "-f", "-"));
        assertEquals(CONFIG.replace("dev-*", "test-*"), done("", "get", "cluster", "-o", "yaml"));
    }

    @Test
    void keepsTheConfigAsItWasGiven() {
        done(CONFIG, "create", "cluster", "-f", "-");
        var kept = server.get(Kinds.CONFIG_MAPS.key("kube-public", "starling-cluster")).tree().object("data");
        assertEquals(JsonObject.of("name", "fargate-demo", "region", "us-west-2", "version", "", "config", CONFIG),
                kept);
        assertEquals("""
                NAME           REGION      VERSION   PROFILES   SERVER
                fargate-demo   us-west-2   <none>           2   https://127.0.0.1:6443
                """, done("", "get", "clusters"));
    }

    @Test
    void refusesAnotherNameAndSaysHowToStartASecondServer() {
        done(CONFIG, "create", "cluster", "-f", "-");
        refused(1, "error: this server's cluster is named fargate-demo, not web; for another one, start a second "
                + "server: ./starling up --data OTHER --listen 127.0.0.1:PORT",
                "", "create", "cluster", "--name", "web");
        assertEquals(2, server.list(dev.starling.kube.api.ListQuery.all(Kinds.FARGATE_PROFILES)).items().size());
    }

    @Test
    void makesTheDefaultProfileForFargate() {
        assertEquals("""
                Cluster web (local) created on https://127.0.0.1:6443
                Fargate profile fp-default created: pods in default, kube-system
                """, done("", "create", "cluster", "--name", "web", "--fargate"));
    }

    @Test
    void aDryRunPrintsTheWholeConfigAndDoesNothing() {
        assertEquals("""
                apiVersion: eksctl.io/v1alpha5
                kind: ClusterConfig
                metadata:
                  name: starling
                  region: local
                fargateProfiles:
                - name: fp-default
                  selectors:
                  - namespace: default
                  - namespace: kube-system
                """, done("", "create", "cluster", "--fargate", "--dry-run"));
        assertEquals(1, run("", "get", "cluster"));
    }

    @Test
    void tellsOfEveryFaultInOneLineEach() {
        refused(1, "error: stdin:3: metadata.region: is required\n"
                + "error: stdin:6: fargateProfile: unknown key; did you mean fargateProfiles?",
                CONFIG.replace("  region: us-west-2   # a comment that must survive", "  # none")
                        .replace("fargateProfiles", "fargateProfile"), "create", "cluster", "-f", "-");
    }

    @Test
    void managesProfiles() {
        assertEquals("Fargate profile fp-dev created: pods in dev with env=dev,tier=web\n", done("", "create",
                "fargateprofile", "--name", "fp-dev", "--namespace", "dev", "-l", "env=dev,tier=web", "-t", "team=a"));
        assertEquals("""
                NAME     SELECTOR_NAMESPACE   SELECTOR_LABELS    POD_EXECUTION_ROLE_ARN   SUBNETS   TAGS     STATUS
                fp-dev   dev                  env=dev,tier=web   <none>                   <none>    team=a   ACTIVE
                """, done("", "get", "fargateprofile"));
        assertEquals("""
                - name: fp-dev
                  selectors:
                  - namespace: dev
                    labels:
                      env: dev
                      tier: web
                  tags:
                    team: a
                  status: ACTIVE
                """, done("", "get", "fargateprofile", "fp-dev", "-o", "yaml"));
        assertEquals("Fargate profile fp-dev deleted\n", done("", "delete", "fargateprofile", "fp-dev"));
        refused(1, "Error from server (NotFound): fargateprofiles.starling.dev \"fp-dev\" not found", "",
                "delete", "fargateprofile", "--name", "fp-dev");
    }

    @Test
    void createsTheProfilesOfAFile() {
        done(CONFIG, "create", "fargateprofile", "-f", "-");
        refused(2, "error: --labels can't be used together with -f", CONFIG,
                "create", "fargateprofile", "-f", "-", "-l", "a=b");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "frobnicate | error: unknown command frobnicate; see ./starling --help",
        "create pod | error: unknown command create pod. Known are ./starling create cluster, "
                + "./starling create fargateprofile",
        "create fargateprofile --name a | error: --namespace is needed (or -f)",
        "create cluster -f c.yaml --name a | error: --name and --region stand in the file: leave them out with -f",
        "delete fargateprofile | error: the name of a profile is needed",
        "get fargateprofile a b | error: one profile at a time, please, not a b",
        "get cluster -o xml | error: -o xml is not known; it may be table, yaml, json",
        "bill --since soon | error: --since soon is not a time: give 2026-01-31T08:00:00Z, 2026-01-31, or how long "
                + "ago, such as 2h or 1d12h",
        "bill --machine big | error: a machine is vCPU:GiB, such as 2:8, not big",
    })
    void refusesWhatItDoesNotUnderstand(String words, String line) {
        refused(2, line, "", words.split(" "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "create cluster -f nowhere.yaml | error: nowhere.yaml does not exist",
        "image import nowhere.tar | error: nowhere.tar does not exist",
        "image remove nginx | error: the server holds no image nginx; see ./starling image list",
        "get cluster | error: the cluster has no name yet; give it one with ./starling create cluster --name NAME",
        "create fargateprofile --name eks-a --namespace b | error: name: must not start with eks-, which is reserved",
    })
    void failsInOneLine(String words, String line) {
        refused(1, line, "", words.split(" "));
    }

    @Test
    void showsUnknownOptionsAndTheWayToHelp() {
        assertEquals(2, run("", "bill", "--sinc", "2h"));
        assertTrue(err.toString(StandardCharsets.UTF_8).endsWith("; see ./starling bill --help\n"), err::toString);
        assertEquals(1, err.toString(StandardCharsets.UTF_8).lines().count());
    }

    @Test
    void listsImportsAndRemovesImages() throws IOException {
        var archive = Files.writeString(folder.resolve("nginx.tar"), "layers");
        assertEquals("imported docker.io/library/nginx:latest\n", done("", "image", "import", archive.toString()));
        assertEquals(List.of("/apis/images.starling.dev/v1/archives application/x-tar nginx.tar"), server.sent());
        var spec = JsonObject.of("reference", "docker.io/library/nginx:latest", "id", "sha256:0123456789abcdef",
                "bytes", 14_600_000L, "origin", "imported");
        server.put(ImageCommands.IMAGES.key("n1"), KubeObject.named(ImageCommands.IMAGES, "", "n1").with(spec, "spec"));
        assertEquals("""
                REFERENCE                        IMAGE ID       SIZE (MB)   ORIGIN
                docker.io/library/nginx:latest   0123456789ab        14.6   imported
                """, done("", "image", "ls"));
        assertEquals("removed docker.io/library/nginx:latest\n", done("", "image", "rm", "nginx"));
        assertEquals("The server holds no images.\n", done("", "image", "list"));
    }

    @Test
    void billsNothingWhereNothingRan() {
        assertEquals("No pod has used anything in this time.\n", done("", "bill"));
    }

    @Test
    void showsBothVersions() {
        assertTrue(done("", "version").matches("""
                Client: starling [0-9.]+
                Server: v1.34.0\\+starling at https://127.0.0.1:6443
                """), out::toString);
    }

    @Test
    void theHelpNamesEveryCommand() {
        String help = done("", "--help");
        assertEquals(help, done(""));
        Starling.commands().forEach(command -> assertTrue(help.contains("\n  " + command + " "), command));
        List.of("up", "down", "demo", "test", "bench").forEach(command ->
                assertTrue(help.contains("\n  " + command + " "), command));
        assertTrue(help.lines().allMatch(line -> line.length() <= 110));
    }

    static List<String> everyCommand() {
        return Starling.commands();
    }

    @ParameterizedTest
    @MethodSource("everyCommand")
    void everyCommandExplainsItself(String command) {
        var words = (command + " --help").split(" ");
        assertTrue(done("", words).startsWith("Usage: ./starling " + command + " "), out::toString);
    }

    @ParameterizedTest
    @CsvSource({"STARLING_DATA, , /a", ", /x, /x/starling", "'', '', home/.local/share/starling"})
    void findsTheDataFolder(String data, String shared, Path expected) {
        if (data != null && !data.isEmpty()) {
            environment.put("STARLING_DATA", "/a");
        }
        if (shared != null) {
            environment.put("XDG_DATA_HOME", shared);
        }
        var session = new Session(System.out, System.err, System.in, environment, Path.of("home"), HttpServer::open);
        assertEquals(expected, session.dataFolder());
    }

    @Test
    void saysHowToStartAServerWhereNoneHasRun() {
        var session = new Session(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), System.in, environment, folder, HttpServer::open);
        assertEquals(1, new Starling(session).run(List.of("bill")));
        assertEquals("error: no server has run in " + folder + "/.local/share/starling: start one with ./starling up, "
                + "or name another one's file with --kubeconfig\n", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aBackupIsThereOnceItIsWhole() throws Exception {
        var file = folder.resolve("monday.backup");
        done("", "backup", file.toString());
        assertEquals(17 + 32, Files.size(file));
        assertEquals(1, run("", "backup", file.toString()));
        server.breakOff();
        assertEquals(1, run("", "backup", folder.resolve("half").toString()));
        assertFalse(Files.exists(folder.resolve("half")));
    }
}
