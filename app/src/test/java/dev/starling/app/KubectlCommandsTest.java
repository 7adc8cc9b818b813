package dev.starling.app;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.LinkedHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/**
 * Every installed kubectl gives the commands of {@code kubectl-commands.txt}, against one server without containers,
 * and is answered as Kubernetes answers. The versions take turns on a few threads.
 */
final class KubectlCommandsTest {
    private static RunningServer server;
    private static ExecutorService threads;

    @BeforeAll
    static void start() {
        threads = Executors.newFixedThreadPool(Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 4));
        server = RunningServer.simulated();
    }

    @AfterAll
    static void stop() {
        threads.shutdownNow();
        if (server != null) {
            server.close();
        }
    }

    @TestFactory
    Stream<DynamicNode> everyInstalledKubectlIsAnsweredAsByKubernetes() {
        var versions = KubectlVersions.installed();
        return IntStream.range(0, versions.size())
                .mapToObj(i -> tests(versions.get(i), i == 0 || i == versions.size() - 1)).toList().stream();
    }

    /** The work begins at once, beside that of other versions; each test awaits the end of its section. */
    private static DynamicNode tests(KubectlVersions.Version version, boolean end) {
        var kubectl = KubectlScript.equipped(server.kubectl(), version, server.scratch().resolve(version.namespace()));
        var actor = new KubectlScript.Actor(kubectl, version.minor(kubectl), end, version.namespace());
        var done = new LinkedHashMap<String, FutureTask<Boolean>>();
        KubectlScript.sections().stream().filter(section -> section.isFor(end)).forEach(section ->
                done.put(section.name(), new FutureTask<>(() -> {
                    KubectlScript.run(section, actor);
                    return true;
                })));
        threads.execute(() -> done.values().forEach(FutureTask::run));
        return dynamicContainer("kubectl " + version.name(), done.entrySet().stream()
                .map(each -> dynamicTest(each.getKey(), () -> await(each.getValue()))));
    }

    private static void await(FutureTask<Boolean> section) throws Throwable {
        try {
            section.get();
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }
}
