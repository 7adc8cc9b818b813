package dev.starling.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a user may get wrong, and the answer that says so: that of Kubernetes, or one clear line. It goes on. */
final class BadInputTest {
    private static RunningServer server;
    private static Kubectl kubectl;

    @BeforeAll
    static void start() {
        server = RunningServer.start();
        kubectl = server.kubectl();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @AfterEach
    void theServerGoesOn() {
        assertTrue(server.runs());
        assertEquals("ok", kubectl.ok("get", "--raw", "/readyz"));
    }

    private static String refused(String yaml, String... options) {
        var words = new String[options.length + 3];
        System.arraycopy(options, 0, words, 3, options.length);
        words[0] = "apply";
        words[1] = "-f";
        words[2] = "-";
        return kubectl.fed(yaml, words).failed();
    }

    private static void says(String expected, String said) {
        assertTrue(said.contains(expected), said);
    }

    /** A pod of one container that ends at once when it is told to. */
    private static String pod(String name, String more) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s}
                spec: {terminationGracePeriodSeconds: 0, containers: [{name: c, image: busybox%s}]}
                """.formatted(name, more);
    }

    /** Awaits words in the first container's state, its reason or its message. */
    private static void awaitState(String pod, String expected) {
        Eventually.see(expected, () -> kubectl.value("pod/" + pod, "default", ".status.containerStatuses[0]"),
                seen -> seen.contains(expected));
    }

    private static void awaitEvent(String object, String expected) {
        Eventually.see(expected, () -> kubectl.ok("get", "events", "--field-selector",
                "involvedObject.name=" + object, "-o", "jsonpath={.items[*].message}"),
                seen -> seen.contains(expected));
    }

    private static void delete(String pod) {
        kubectl.ok("delete", "pod", pod, "--now");
    }

    @Test
    void malformedYamlAndJsonAreRefused() {
        says("error", refused("apiVersion: v1\nkind: [ConfigMap\n"));
        says("error", refused("{\"apiVersion\": \"v1\", \"kind\": "));
        says("no matches for kind \"Nonsense\" in version \"v1\"",
                refused("apiVersion: v1\nkind: Nonsense\nmetadata: {name: odd}\n", "--validate=false"));
        says("cannot unmarshal", refused("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: odd}\ndata: [1]\n",
                "--validate=false"));
    }

    @Test
    void unknownFieldsAreRefusedWhenThatIsStrict() {
        String yaml = "apiVersion: v1\nkind: Pod\nmetadata: {name: strict}\nspec: {nonsense: 1, containers: "
                + "[{name: c, image: busybox, imagePolicy: Never}]}\n";
        String said = refused(yaml, "--validate=strict");
        says("unknown field \"spec.nonsense\"", said);
        says("unknown field \"spec.containers[0].imagePolicy\"", said);
        var warned = kubectl.fed(yaml, "create", "--validate=warn", "--dry-run=server", "-f", "-");
        warned.succeeded();
        says("unknown field \"spec.nonsense\"", warned.err());
    }

    @Test
    void namesThatAreTooLongOrWrongAreRefused() {
        says("must be no more than 253 characters", refused(pod("n".repeat(254), "")));
        says("a lowercase RFC 1123 subdomain must consist of", refused(pod("Not_A_Name", "")));
        says("must be no more than 63 characters", kubectl.run("create", "namespace", "n".repeat(64)).failed());
    }

    @Test
    void aContainerWithoutImageIsRefused() {
        says("spec.containers[0].image: Required value", refused("apiVersion: v1\nkind: Pod\n"
                + "metadata: {name: bare}\nspec: {containers: [{name: c}]}\n"));
        says("spec.containers: Required value", refused("apiVersion: v1\nkind: Pod\nmetadata: {name: bare}\n"
                + "spec: {containers: []}\n"));
    }

    @Test
    void anImageThatCannotBePulledIsToldAndTriedAgain() {
        kubectl.apply(pod("unpulled", "").replace("image: busybox", "image: localhost:1/none:1"));
        awaitState("unpulled", "ErrImagePull");
        awaitState("unpulled", "ImagePullBackOff");
        awaitEvent("unpulled", "Failed to pull image \"localhost:1/none:1\"");
        assertEquals("Pending", kubectl.value("pod/unpulled", "default", ".status.phase"));
        kubectl.apply(pod("misnamed", "").replace("image: busybox", "image: \"Not An Image\""));
        awaitState("misnamed", "InvalidImageName");
        delete("unpulled");
        delete("misnamed");
    }

    @Test
    void aCommandThatDoesNotExistIsTold() {
        kubectl.apply(pod("commandless", ", command: [/no/such/command]"));
        awaitState("commandless", "StartError");
        awaitState("commandless", "/no/such/command");
        awaitEvent("commandless", "Error: ");
        delete("commandless");
    }

    @Test
    void aContainerThatExitsAtOnceBacksOff() {
        kubectl.apply(pod("brief", ", command: [sh, -c, exit 5]"));
        awaitState("brief", "CrashLoopBackOff");
        awaitState("brief", "\"exitCode\":5");
        awaitEvent("brief", "Back-off restarting failed container");
        delete("brief");
    }

    @Test
    void requestsLargerThanThePoolStayPendingWithTheReason() {
        kubectl.apply(pod("huge", ", resources: {requests: {cpu: \"1000\"}}"));
        awaitEvent("huge", "Insufficient cpu");
        assertEquals("Pending", kubectl.value("pod/huge", "default", ".status.phase"));
        says("must be less than or equal to cpu limit", refused(pod("turned",
                ", resources: {requests: {cpu: 2}, limits: {cpu: 1}}")));
        says("quantities must match the regular expression", refused(pod("odd",
                ", resources: {requests: {cpu: much}}")));
        delete("huge");
    }

    @Test
    void whatPodsCannotDoYetIsRefusedWithEveryReason() {
        String said = refused(pod("asks", ", securityContext: {privileged: true}, ports: [{containerPort: 1, "
                + "hostPort: 1}]").replace("spec: {", "spec: {hostNetwork: true, "));
        says("spec.hostNetwork: not supported yet by Starling", said);
        says("spec.containers[0].securityContext.privileged: not supported yet by Starling", said);
        says("hostPort: not supported yet by Starling", said);
    }

    @Test
    void aPodThatNoProfileSelectsWaitsUntilOneDoes() {
        kubectl.ok("create", "namespace", "apart");
        kubectl.ok("run", "waits", "-n", "apart", "--image=nginx");
        Eventually.see("the event", () -> kubectl.ok("get", "events", "-n", "apart"),
                seen -> seen.matches("(?s).*FailedScheduling.*pod/waits.*rofile.*"));
        assertEquals("Pending", kubectl.value("pod/waits", "apart", ".status.phase"));
        kubectl.fed("""
                apiVersion: starling.dev/v1
                kind: FargateProfile
                metadata: {name: apart}
                spec: {selectors: [{namespace: apart}]}
                """, "create", "-f", "-").succeeded();
        kubectl.ok("wait", "-n", "apart", "--for=condition=Ready", "pod/waits", "--timeout=60s");
        kubectl.ok("delete", "pod", "waits", "-n", "apart", "--now");
        kubectl.ok("delete", "namespace", "apart", "--wait=false");
    }

    @Test
    void aSecondServerOnTheFolderIsRefused() {
        try (var second = RunningServer.command(server.scratch(), "up", "--data", server.data().toString(),
                "--listen", "127.0.0.1:0")) {
            var answer = second.answer();
            assertEquals(1, answer.exit(), answer.out() + answer.err());
            assertEquals(1, answer.err().lines().count(), answer.err());
            says("starling up: ", answer.err());
            says(server.data().toString(), answer.err());
        }
        try (var down = RunningServer.command(server.scratch(), "down", "--data", server.data().toString())) {
            says("is running: stop it with INT or TERM first", down.answer().failed());
        }
    }

    @Test
    void aPortThatIsTakenIsToldInOneLine() {
        try (var second = RunningServer.command(server.scratch(), "up", "--data",
                server.scratch().resolve("other").toString(), "--listen", "127.0.0.1:" + server.port(),
                "--runtime", "simulated")) {
            var answer = second.answer();
            assertEquals(1, answer.exit(), answer.out() + answer.err());
            assertEquals("starling up: the address 127.0.0.1:" + server.port()
                    + " is taken or not this machine's: choose another with --listen HOST:PORT\n", answer.err());
        }
    }
}
