package dev.starling.apiserver.table;

import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The row of a pod. Its status tells what matters most of phase, containers and deletion, as upstream's does. */
final class PodLayout implements Layout {
    private static final List<Column> COLUMNS = List.of(Column.objectName(), Column.text("Ready"),
            Column.text("Status"), Column.text("Restarts"), Column.age(), Column.text("IP").wide(),
            Column.text("Node").wide(), Column.text("Nominated Node").wide(), Column.text("Readiness Gates").wide());

    @Override
    public List<Column> columns() {
        return COLUMNS;
    }

    @Override
    public List<Object> cells(KubeObject pod, Instant now) {
        var summary = new Summary(pod).read();
        var status = pod.status();
        return List.of(pod.name(), summary.ready + "/" + summary.total, summary.reason, summary.restarts(now),
                Cell.age(pod, now), Cell.orNone(status.text("podIP")), Cell.orNone(pod.spec().text("nodeName")),
                Cell.orNone(status.text("nominatedNodeName")), gates(pod));
    }

    private static String gates(KubeObject pod) {
        var gates = pod.spec().array("readinessGates").objects();
        long open = gates.stream().filter(gate -> holds(pod, gate.text("conditionType"))).count();
        return gates.isEmpty() ? Cell.NONE : open + "/" + gates.size();
    }

    private static boolean holds(KubeObject pod, String type) {
        return pod.status().array("conditions").objects().stream().anyMatch(condition ->
                condition.text("type").equals(type) && condition.text("status").equals("True"));
    }

    @Override
    public JsonArray conditions(KubeObject pod) {
        return switch (pod.status().text("phase")) {
            case "Succeeded" -> completed("Succeeded", "The pod has completed successfully.");
            case "Failed" -> completed("Failed", "The pod failed.");
            default -> JsonArray.EMPTY;
        };
    }

    private static JsonArray completed(String reason, String message) {
        return JsonArray.of(JsonObject.of("type", "Completed", "status", "True", "reason", reason, "message", message));
    }

    /** Reads a pod once, containers in the order in which they matter. */
    private static final class Summary {
        private final KubeObject pod;
        private final Set<String> sidecars;
        private final int total;
        private String reason;
        private int ready;
        private Restarts all = Restarts.NONE;
        private Restarts ofSidecars = Restarts.NONE;
        private boolean initializing;

        Summary(KubeObject pod) {
            this.pod = pod;
            this.sidecars = pod.spec().array("initContainers").objects().stream()
                    .filter(container -> container.text("restartPolicy").equals("Always"))
                    .map(container -> container.text("name")).collect(Collectors.toSet());
            this.total = pod.spec().array("containers").size() + sidecars.size();
            this.reason = firstReason(pod);
        }

        /** How often containers came back, and when the last of them ended before. */
        private record Restarts(long count, Optional<Instant> last) {
            static final Restarts NONE = new Restarts(0, Optional.empty());

            Restarts plus(JsonObject container) {
                var ended = Times.parse(container.text("lastState", "terminated", "finishedAt"));
                var latest = last.isEmpty() || ended.isPresent() && ended.get().isAfter(last.get()) ? ended : last;
                return new Restarts(count + container.at("restartCount").number(0), latest);
            }
        }

        private static String firstReason(KubeObject pod) {
            boolean gated = pod.status().array("conditions").objects().stream().anyMatch(condition ->
                    condition.text("type").equals("PodScheduled")
                            && condition.text("reason").equals("SchedulingGated"));
            String reason = pod.status().text("reason");
            return gated ? "SchedulingGated" : reason.isEmpty() ? pod.status().text("phase") : reason;
        }

        Summary read() {
            initContainers();
            if (!initializing || holds(pod, "Initialized")) {
                containers();
            }
            if (pod.deleting() && pod.status().text("reason").equals("NodeLost")) {
                reason = "Unknown";
            } else if (pod.deleting() && !Set.of("Succeeded", "Failed").contains(pod.status().text("phase"))) {
                reason = "Terminating";
            }
            return this;
        }

        private void initContainers() {
            var statuses = pod.status().array("initContainerStatuses").objects();
            for (int i = 0; i < statuses.size() && !initializing; i++) {
                var container = statuses.get(i);
                boolean sidecar = sidecars.contains(container.text("name"));
                all = all.plus(container);
                ofSidecars = sidecar ? ofSidecars.plus(container) : ofSidecars;
                if (sidecar && container.flag("started") && !succeeded(container)) {
                    ready += container.flag("ready") ? 1 : 0;
                } else if (!succeeded(container)) {
                    reason = "Init:" + initReason(container, i);
                    initializing = true;
                }
            }
        }

        private static boolean succeeded(JsonObject container) {
            var ended = container.object("state", "terminated");
            return !ended.isEmpty() && ended.at("exitCode").number(0) == 0;
        }

        private String initReason(JsonObject container, int position) {
            var ended = container.object("state", "terminated");
            String waits = container.text("state", "waiting", "reason");
            if (!ended.isEmpty()) {
                return ended.text("reason").isEmpty() ? how(ended) : ended.text("reason");
            }
            return waits.isEmpty() || waits.equals("PodInitializing")
                    ? position + "/" + pod.spec().array("initContainers").size() : waits;
        }

        private static String how(JsonObject ended) {
            long signal = ended.at("signal").number(0);
            return signal != 0 ? "Signal:" + signal : "ExitCode:" + ended.at("exitCode").number(0);
        }

        private void containers() {
            all = ofSidecars;
            boolean running = false;
            for (var container : pod.status().array("containerStatuses").objects().reversed()) {
                all = all.plus(container);
                var ended = container.object("state", "terminated");
                String waits = container.text("state", "waiting", "reason");
                if (!waits.isEmpty()) {
                    reason = waits;
                } else if (!ended.isEmpty()) {
                    reason = ended.text("reason").isEmpty() ? how(ended) : ended.text("reason");
                } else if (container.flag("ready") && !container.at("state", "running").isNull()) {
                    running = true;
                    ready++;
                }
            }
            if (reason.equals("Completed") && running) {
                reason = holds(pod, "Ready") ? "Running" : "NotReady";
            }
        }

        String restarts(Instant now) {
            return all.count() == 0 || all.last().isEmpty() ? Long.toString(all.count())
                    : all.count() + " (" + Cell.since(all.last(), now) + " ago)";
        }
    }
}
