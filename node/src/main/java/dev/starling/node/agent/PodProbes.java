package dev.starling.node.agent;

import dev.starling.node.agent.Progress.Health;
import dev.starling.node.pod.PodView;
import dev.starling.node.probe.ProbeKind;
import dev.starling.node.probe.ProbeResult;
import dev.starling.node.probe.ProbeSpec;
import dev.starling.node.probe.ProbeState;
import dev.starling.node.probe.Prober.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The probes of one pod: asks those that are due beside the agent's loop, and turns answers into health and stops.
 * Owned by the agent's loop.
 */
final class PodProbes {
    private record Probing(String containerId, ProbeSpec spec, ProbeState state, boolean asking) {
    }

    private final NodeParts parts;
    private final PodAgent agent;
    private final Map<String, Probing> probing = new HashMap<>();
    private final List<Action.StopContainer> stops = new ArrayList<>();

    PodProbes(NodeParts parts, PodAgent agent) {
        this.parts = parts;
        this.agent = agent;
    }

    /** Asks what is due, and says when the next is. */
    Instant begin(PodView pod, PodState state, Instant now) {
        var wakeAt = Instant.MAX;
        if (state.ended(pod) || pod.deleting()) {
            return wakeAt;
        }
        for (var container : state.mainContainers()) {
            if (!container.running()) {
                continue;
            }
            for (var kind : ProbeKind.values()) {
                if (container.view().hasProbe(kind.field()) && wanted(container, kind)) {
                    var next = begin(container, kind, state, now);
                    wakeAt = next.isBefore(wakeAt) ? next : wakeAt;
                }
            }
        }
        return wakeAt;
    }

    /** The startup probe holds the others back, and ends with its first success. */
    private static boolean wanted(Progress container, ProbeKind kind) {
        return (kind == ProbeKind.STARTUP) != container.health().started();
    }

    private Instant begin(Progress container, ProbeKind kind, PodState state, Instant now) {
        String key = container.name() + "/" + kind;
        var current = container.current().orElseThrow();
        var spec = ProbeSpec.of(container.view().probe(kind.field()));
        var known = Optional.ofNullable(probing.get(key)).filter(p -> p.containerId().equals(current.id()))
                .orElseGet(() -> new Probing(current.id(), spec, ProbeState.first(spec, current.started()), false));
        if (known.asking() || state.busyWith("stop/" + current.id())) {
            probing.put(key, known);
            return Instant.MAX;
        }
        if (!known.state().due(now)) {
            probing.put(key, known);
            return known.state().dueAt();
        }
        probing.put(key, new Probing(known.containerId(), spec, known.state(), true));
        var target = new Target(current.id(), state.sandbox().ip(), container.view().json());
        parts.driver().run("probe-" + key, () -> ask(key, kind, spec, target));
        return Instant.MAX;
    }

    private void ask(String key, ProbeKind kind, ProbeSpec spec, Target target) {
        var asked = parts.driver().clock().instant();
        var result = ProbeResult.failed("the probe could not be asked");
        try {
            result = parts.prober().probe(spec, target);
        } finally {
            var answer = new Answer(target.containerId(), result, asked);
            agent.post(state -> answered(state, key, kind, answer));
        }
    }

    private record Answer(String containerId, ProbeResult result, Instant asked) {
    }

    private PodState answered(PodState state, String key, ProbeKind kind, Answer answer) {
        var known = Optional.ofNullable(probing.get(key)).filter(p -> p.containerId().equals(answer.containerId()));
        String name = key.substring(0, key.indexOf('/'));
        var container = state.container(name);
        if (known.isEmpty() || !container.running()) {
            return state;
        }
        var before = known.get().state();
        var spec = known.get().spec();
        var after = before.after(spec, kind, answer.result().ok(), answer.asked());
        probing.put(key, new Probing(answer.containerId(), spec, after, false));
        if (!answer.result().ok() && before.counts(answer.asked())) {
            event(container, "Warning", "Unhealthy",
                    kind.title() + " probe failed: " + answer.result().message());
        }
        return after.verdict().map(good -> judge(state, container, kind, good)).orElse(state);
    }

    private PodState judge(PodState state, Progress container, ProbeKind kind, boolean good) {
        var health = container.health();
        return switch (kind) {
            case READINESS -> state.change(container.name(), p -> p.with(new Health(health.started(), good)));
            case STARTUP -> good ? state.change(container.name(), p -> p.with(new Health(true, health.ready())))
                    : kill(state, container, kind);
            case LIVENESS -> good ? state : kill(state, container, kind);
        };
    }

    private PodState kill(PodState state, Progress container, ProbeKind kind) {
        var now = parts.driver().clock().instant();
        var spec = ProbeSpec.of(container.view().probe(kind.field()));
        var grace = spec.grace().orElse(agent.pod().graceLeft(now));
        stops.add(new Action.StopContainer(container.name(), container.current().orElseThrow().id(), grace,
                now.plus(grace), "Container " + container.name() + " failed "
                + kind.title().toLowerCase(Locale.ROOT) + " probe, will be restarted"));
        return state;
    }

    /** The stops that failed probes ask for, once. */
    List<Action.StopContainer> stops() {
        var taken = List.copyOf(stops);
        stops.clear();
        return taken;
    }

    private void event(Progress container, String type, String reason, String message) {
        parts.events().record(agent.pod().object(), "spec.containers{" + container.name() + "}", type, reason,
                message);
    }
}
