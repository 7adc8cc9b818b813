package dev.starling.node.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.PodStreams.LogQuery;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.SimulationDriver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.node.pod.PodFolders;
import dev.starling.node.pod.PodView;
import dev.starling.node.runtime.ContainerState;
import dev.starling.node.runtime.ContainerStatus;
import dev.starling.node.simulated.SimulatedRuntime;
import dev.starling.node.simulated.SimulationSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeStreamsTest {
    private static final ObjectKey KEY = Kinds.PODS.key("shop", "web");
    private static final LogQuery ALL = new LogQuery("", false, false, false, Optional.empty(), OptionalInt.empty(),
            OptionalLong.empty());

    @TempDir
    private Path folder;
    private final Map<String, ContainerStatus> containers = new HashMap<>();
    private JsonObject status = JsonObject.EMPTY;
    private NodeStreams streams;
    private PodFolders folders;

    @BeforeEach
    void create() {
        folders = PodFolders.below(folder);
        var runtime = new SimulatedRuntime(new SimulationDriver(1, Instant.EPOCH), SimulationSettings.DEFAULT,
                delay -> { });
        var host = new PodSight.Host(runtime, folders);
        streams = new NodeStreams(new PodSights() {
            @Override
            public Optional<PodSight> sight(String namespace, String name) {
                return name.equals("web") ? Optional.of(new PodSight(pod(), "s1", containers, host))
                        : Optional.empty();
            }

            @Override
            public List<PodSight> sights() {
                return List.of();
            }
        });
    }

    private PodView pod() {
        var spec = JsonObject.of("containers", JsonArray.of(JsonObject.of("name", "app")));
        return new PodView(KubeObject.of(JsonObject.of("metadata", JsonObject.of("name", "web", "namespace", "shop",
                "uid", "u1"), "spec", spec, "status", status)));
    }

    private void container(int attempt, ContainerState state) {
        containers.put("app", new ContainerStatus("c" + attempt, "s1", "app", attempt, state, 0, "", "",
                Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, "nginx", "", Map.of(), Map.of()));
    }

    private void log(int attempt, String... lines) throws IOException {
        var file = folders.log(pod(), "app", attempt);
        Files.createDirectories(file.getParent());
        Files.writeString(file, String.join("\n", lines) + "\n", StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private String read(LogQuery query) throws IOException {
        try (var in = streams.logs(KEY, query)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static LogQuery tail(int lines) {
        return new LogQuery("app", false, false, false, Optional.empty(), OptionalInt.of(lines),
                OptionalLong.empty());
    }

    @Test
    void joinsPartsOfLines() throws IOException {
        container(0, ContainerState.RUNNING);
        log(0, "2026-01-01T00:00:00.1Z stdout P one ", "2026-01-01T00:00:00.2Z stdout F line",
                "2026-01-01T00:00:01Z stderr F two", "2026-01-01T00:00:02Z stdout F ");
        assertEquals("one line\ntwo\n\n", read(ALL));
        assertEquals("one line\ntwo\n\n", read(tail(3)));
        assertEquals("two\n\n", read(tail(2)));
        assertEquals("", read(tail(0)));
    }

    @Test
    void limitsBySinceAndBytesAndShowsTimes() throws IOException {
        container(0, ContainerState.EXITED);
        log(0, "2026-01-01T00:00:00Z stdout F one", "2026-01-01T00:00:05Z stdout F two");
        assertEquals("2026-01-01T00:00:05Z two\n", read(new LogQuery("", false, false, true,
                Optional.of(Instant.parse("2026-01-01T00:00:03Z")), OptionalInt.empty(), OptionalLong.empty())));
        assertEquals("on", read(new LogQuery("", false, false, false, Optional.empty(), OptionalInt.empty(),
                OptionalLong.of(2))));
    }

    @Test
    void followsUntilTheContainerEnds() throws IOException {
        container(0, ContainerState.RUNNING);
        log(0, "2026-01-01T00:00:00Z stdout F one");
        try (var in = streams.logs(KEY, new LogQuery("app", true, false, false, Optional.empty(),
                OptionalInt.empty(), OptionalLong.empty()))) {
            assertEquals("one\n", new String(in.readNBytes(4), StandardCharsets.UTF_8));
            log(0, "2026-01-01T00:00:01Z stdout F two");
            container(0, ContainerState.EXITED);
            assertEquals("two\n", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void readsTheAttemptBefore() throws IOException {
        log(0, "2026-01-01T00:00:00Z stdout F first");
        container(1, ContainerState.RUNNING);
        assertEquals("first\n", read(new LogQuery("app", false, true, false, Optional.empty(), OptionalInt.empty(),
                OptionalLong.empty())));
    }

    @Test
    void refusesAsUpstreamDoes() {
        assertEquals("container \"app\" in pod \"web\" is waiting to start: ContainerCreating",
                assertThrows(ApiException.class, () -> read(ALL)).getMessage());
        assertEquals("previous terminated container \"app\" in pod \"web\" not found",
                assertThrows(ApiException.class, () -> read(new LogQuery("app", false, true, false,
                        Optional.empty(), OptionalInt.empty(), OptionalLong.empty()))).getMessage());
        assertEquals("container zz is not valid for pod web", assertThrows(ApiException.class,
                () -> read(new LogQuery("zz", false, false, false, Optional.empty(), OptionalInt.empty(),
                        OptionalLong.empty()))).getMessage());
        assertEquals("pods \"none\" not found", assertThrows(ApiException.class,
                () -> streams.logs(Kinds.PODS.key("shop", "none"), ALL)).getMessage());
    }

    @Test
    void outlivesTheContainer() throws IOException {
        status = JsonObject.of("containerStatuses", JsonArray.of(JsonObject.of("name", "app", "restartCount", 2,
                "containerID", "containerd://x")));
        log(2, "2026-01-01T00:00:00Z stdout F last words");
        assertEquals("last words\n", read(ALL));
    }
}
