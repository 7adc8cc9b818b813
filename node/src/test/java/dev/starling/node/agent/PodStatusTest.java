package dev.starling.node.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.node.agent.PodStatus.NodeFacts;
import dev.starling.node.pod.PodView;
import dev.starling.node.runtime.ContainerState;
import dev.starling.node.runtime.ContainerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodStatusTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final NodeFacts NODE = new NodeFacts("10.0.0.1", "containerd");

    private static PodView pod(String policy, int inits, int mains) {
        var spec = JsonObject.of("restartPolicy", policy, "initContainers", containers("i", inits),
                "containers", containers("m", mains));
        return new PodView(KubeObject.of(JsonObject.of("metadata", JsonObject.of("name", "p", "namespace", "n",
                "uid", "u"), "spec", spec)));
    }

    private static JsonArray containers(String prefix, int count) {
        var all = new ArrayList<Json>();
        for (int i = 0; i < count; i++) {
            all.add(JsonObject.of("name", prefix + i, "image", "x"));
        }
        return JsonArray.of(all);
    }

    /** A letter for each container: w waits, r runs, 0 succeeded, 1 failed. */
    private static PodState state(PodView pod, String init, String main) {
        var state = PodState.of(pod, java.util.List.of(), NOW);
        for (int i = 0; i < init.length(); i++) {
            state = in(state, "i" + i, init.charAt(i));
        }
        for (int i = 0; i < main.length(); i++) {
            state = in(state, "m" + i, main.charAt(i));
        }
        return state;
    }

    private static PodState in(PodState state, String name, char letter) {
        if (letter == 'w') {
            return state;
        }
        boolean runs = letter == 'r';
        return state.seen(new ContainerStatus("id-" + name, "s", name, 0,
                runs ? ContainerState.RUNNING : ContainerState.EXITED, letter == '1' ? 1 : 0, "", "", NOW, NOW,
                runs ? Instant.EPOCH : NOW, "x", "", Map.of(), Map.of()), "");
    }

    @ParameterizedTest
    @CsvSource({
        "Always, '', w, Pending", "Always, '', r, Running", "Always, '', rw, Pending", "Always, '', 1, Running",
        "Always, '', 0, Running", "Always, w, w, Pending", "Always, r, w, Pending", "Always, 1, w, Pending",
        "Always, 0, w, Pending", "Always, 0, r, Running",
        "OnFailure, '', 0, Succeeded", "OnFailure, '', 1, Running", "OnFailure, '', 0r, Running",
        "OnFailure, '', 01, Running", "OnFailure, '', 00, Succeeded",
        "Never, '', 0, Succeeded", "Never, '', 1, Failed", "Never, '', 01, Failed", "Never, '', 1r, Running",
        "Never, 1, w, Failed", "Never, 0, w, Pending", "Never, 01, w, Failed", "Never, 0r, w, Pending"})
    void derivesThePhaseAsUpstreamDoes(String policy, String init, String main, String phase) {
        var pod = pod(policy, init.length(), main.length());
        assertEquals(phase, PodStatus.of(pod, state(pod, init, main), NODE, NOW).text("phase"));
    }

    @Test
    void keepsTheTimeOfAConditionWhileItsStatusStays() {
        var pod = pod("Always", 0, 1);
        var first = PodStatus.of(pod, state(pod, "", "r"), NODE, NOW);
        var known = new PodView(pod.object().with(first, "status"));
        var later = PodStatus.of(known, state(pod, "", "r"), NODE, NOW.plusSeconds(60));
        assertEquals(JsonObject.EMPTY, PodStatus.change(first, later));
    }

    @Test
    void keepsConditionsOfOthers() {
        var condition = JsonObject.of("type", "PodScheduled", "status", "True");
        var pod = new PodView(pod("Always", 0, 1).object().with(JsonArray.of(condition), "status", "conditions"));
        var status = PodStatus.of(pod, state(pod, "", "r"), NODE, NOW);
        assertEquals(condition, status.array("conditions").objects().getLast());
    }

    @Test
    void writesDurationsAsGoDoes() {
        assertEquals("10s", PodStatus.go(Duration.ofSeconds(10)));
        assertEquals("2m40s", PodStatus.go(Duration.ofSeconds(160)));
        assertEquals("5m0s", PodStatus.go(Duration.ofMinutes(5)));
    }
}
