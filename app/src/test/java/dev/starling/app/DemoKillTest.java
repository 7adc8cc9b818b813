package dev.starling.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code kill -9} of the demo's server while its web server is under load, and {@code up} on the same folder. */
final class DemoKillTest {
    private static final Pattern URL = Pattern.compile("serves https://(\\S+) after");
    private static final Duration STORY = Duration.ofMinutes(4);

    private Path scratch;
    private Program demo;
    private Optional<Program> again = Optional.empty();
    private Kubectl kubectl;

    @BeforeEach
    void startTheDemo() throws IOException {
        Machine.carriesContainers();
        assumeTrue(Files.isExecutable(Path.of(System.getProperty("starling.home", ""), "starling")),
                "the demo starts ./starling: start the tests with ./starling test");
        scratch = Files.createTempDirectory("starling-demo-kill-");
        kubectl = Kubectl.usual(data().resolve("kubeconfig"), scratch);
        demo = RunningServer.command(scratch, "demo", "--data", data().toString());
    }

    @AfterEach
    void takeAllAway() {
        if (scratch == null) {
            return;
        }
        demo.close();
        again.ifPresent(Program::close);
        String told = demo.out() + demo.err();
        var left = Machine.traces(data());
        if (!left.isEmpty()) {
            RunningServer.command(scratch, "down", "--data", data().toString()).answer();
        }
        Eventually.see("what the demo started has ended", this::processes, String::isEmpty);
        Machine.remove(scratch);
        assertEquals("", String.join("\n", left), "left on the machine after: " + told);
    }

    /** Every process that was told of the scratch folder. */
    private String processes() {
        return ProcessHandle.allProcesses().map(process -> process.info().commandLine().orElse(""))
                .filter(command -> command.contains(scratch.toString())).collect(Collectors.joining("\n"));
    }

    private Path data() {
        return scratch.resolve("data");
    }

    /** One line of the bill. */
    private record Span(String uid, String state, Instant start, Instant end, double seconds) {
        static Span of(String line) {
            var cells = line.split(",");
            return new Span(cells[2], cells[4], Instant.parse(cells[5]), Instant.parse(cells[6]),
                    Double.parseDouble(cells[9]));
        }
    }

    /** Every pod's one span; fails if a pod is billed twice, or for other than the time from start to end. */
    private Map<String, Span> bill() {
        var command = List.of(Path.of(System.getProperty("starling.home"), "starling").toString(), "bill", "-o", "csv",
                "--kubeconfig", data().resolve("kubeconfig").toString());
        try (var program = Program.start(scratch, Map.of(), command)) {
            var spans = program.answer().succeeded().lines().skip(1).map(Span::of).toList();
            spans.forEach(span -> assertEquals(Duration.between(span.start(), span.end()).toNanos() / 1e9,
                    span.seconds(), 1e-6, span.toString()));
            return spans.stream().collect(Collectors.toMap(Span::uid, span -> span));
        }
    }

    /** Name, container id, restarts and start time of every pod that is ready. */
    private List<String> containers() {
        return kubectl.ok("get", "pods", "-o", "jsonpath={range .items[*]}{.metadata.name} "
                        + "{.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount} "
                        + "{.status.containerStatuses[0].state.running.startedAt} "
                        + "{.status.containerStatuses[0].ready}{\"\\n\"}{end}")
                .lines().filter(line -> line.endsWith(" true")).toList();
    }

    private List<String> webServers() {
        return Machine.podProcesses(data()).stream().filter(process -> process.contains("nginx")).toList();
    }

    private ProcessHandle server() {
        return ProcessHandle.of(demo.pid()).orElseThrow().descendants()
                .filter(process -> Machine.words(process).contains("up")).findFirst().orElseThrow();
    }

    private void awaitTheScaleOut() {
        Eventually.see("the demo is under load", demo::out, seen -> {
            assertTrue(demo.runs(), () -> demo.out() + demo.err());
            return seen.contains("4. Load on the Service");
        });
        Eventually.holds("the autoscaler has scaled out", () -> {
            assertTrue(demo.runs(), () -> demo.out() + demo.err());
            return containers().size() >= 2;
        });
    }

    /** The whole of it: what ran before runs on, is known again, and is billed without a gap. */
    private void killAndStartAgain() {
        awaitTheScaleOut();
        String service = "http://" + kubectl.value("service/nginx", "default", ".spec.clusterIP");
        var bill = bill();
        try (var writes = new AcknowledgedWrites(kubectl)) {
            writes.await(30);
            var containers = containers();
            var processes = webServers();
            var server = server();
            server.destroyForcibly();
            server.onExit().join();
            assertTrue(webServers().containsAll(processes), "containers run on without the server");
            assertTrue(Web.page(service).startsWith("200 "), "the Service is served without the server");

            startAgain();
            assertTrue(webServers().containsAll(processes), "containers are adopted");
            Eventually.see("all are known again", () -> containers().toString(),
                    seen -> containers.stream().allMatch(seen::contains));
            assertEquals(List.of(), writes.lost());
        }
        var later = bill();
        bill.forEach((uid, span) -> {
            assertEquals(span.start(), later.get(uid).start(), "billed from the start");
            assertTrue(later.get(uid).end().isAfter(span.end()), "the bill goes on");
        });
    }

    private void startAgain() {
        var address = URL.matcher(demo.out());
        assertTrue(address.find(), demo::out);
        var up = RunningServer.command(scratch, "up", "--data", data().toString(), "--listen", address.group(1));
        again = Optional.of(up);
        Eventually.see("the pool is ready", () -> up.out() + up.err(), seen -> {
            assertTrue(up.runs(), () -> up.out() + up.err());
            return seen.contains("pool is ready");
        });
    }

    private void stop() {
        again.orElseThrow().terminate();
        assertTrue(again.orElseThrow().answer().out().contains("Stopping"));
    }

    @Test
    void whatRunsIsAdoptedAndBilledOnce() {
        killAndStartAgain();
        demo.terminate();
        var answer = demo.answer();
        assertTrue(answer.out().contains("was started again"), answer.out() + answer.err());
        assertTrue(containers().size() > 0, "the demo leaves a server alone that it did not start");
        stop();
    }

    @Test
    @Tag("slow")
    void theStoryGoesOnToItsEnd() {
        killAndStartAgain();
        var answer = demo.answer(STORY);
        assertTrue(answer.succeeded().contains("6. The bill"), answer.out());
        var spans = bill();
        assertTrue(spans.values().stream().filter(span -> span.state().equals("ended")).count() >= 3, spans::toString);
        stop();
    }
}
