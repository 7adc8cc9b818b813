package dev.starling.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/**
 * Every kubectl from 1.27 to 1.33 that is installed beside the one on the PATH, and that of the distribution, does a
 * user's daily work. The oldest and the newest do all of it, those between what differs most among them.
 */
final class KubectlVersionsTest {
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = RunningServer.start();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @TestFactory
    Stream<DynamicNode> everyInstalledKubectlWorks() {
        var absent = KubectlVersions.numbered().stream().filter(version -> !version.installed()).map(version ->
                dynamicTest("kubectl " + version.name(), () -> Assumptions.abort("kubectl " + version.name()
                        + " is not installed: " + version.program() + " does not exist")));
        var present = KubectlVersions.installed();
        return Stream.concat(absent, IntStream.range(0, present.size()).mapToObj(i ->
                tests(present.get(i), i == 0 || i == present.size() - 1)));
    }

    private DynamicNode tests(KubectlVersions.Version version, boolean all) {
        var work = new KubectlWork(server.kubectl().with(version.program()), version.namespace());
        var tests = new ArrayList<DynamicNode>();
        tests.add(test("apply, get and describe", () -> {
            serveNamespace(version.namespace());
            work.apply();
            work.list();
            work.describe();
        }));
        tests.add(test("run -i with standard input", work::runWithInput));
        tests.add(test("exec and logs", work::execAndLogs));
        tests.add(test("set image, rollout status and undo", work::rollout));
        if (all) {
            tests.addAll(allTheRest(work));
        } else {
            tests.add(test("create deployment and scale", work::createAndScale));
        }
        tests.add(test("delete", all ? work::deleteAll : work::delete));
        return dynamicContainer("kubectl " + version.name() + (all ? "" : ", the short list"), tests);
    }

    private static List<DynamicNode> allTheRest(KubectlWork work) {
        return List.of(
                test("run -it at a terminal", work::runAtTerminal),
                test("exec -it at a terminal", work::execAtTerminal),
                test("logs -f and --previous", work::followAndPrevious),
                test("attach", work::attach),
                test("port-forward", work::portForward),
                test("cp both ways", work::copyBothWays),
                test("top pods and nodes", work::top),
                test("create deployment and scale", work::createAndScale),
                test("expose", work::expose));
    }

    private static DynamicNode test(String name, Executable work) {
        return dynamicTest(name, work);
    }

    private static void serveNamespace(String namespace) {
        server.kubectl().apply("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: %1$s}
                ---
                apiVersion: starling.dev/v1
                kind: FargateProfile
                metadata: {name: %1$s}
                spec: {selectors: [{namespace: %1$s}]}
                """.formatted(namespace));
        assertEquals("Active", server.kubectl().value("namespace/" + namespace, "", ".status.phase"));
        assertTrue(server.runs());
    }
}
