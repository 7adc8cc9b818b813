package dev.starling.apiserver.fairness;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Tells by the condition Dangling of each FlowSchema whether its priority level is missing (words: Kubernetes). A
 * passive loop over images of both kinds, whatever woke it.
 */
public final class DanglingFlows implements Loop {
    private static final System.Logger LOG = System.getLogger(DanglingFlows.class.getName());
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final String DANGLING = "Dangling";

    private final KubeApi api;
    private final Informer flows;
    private final Informer levels;
    private final Set<String> refused = new HashSet<>(); // uids of which the log was told; of the loop's thread

    private DanglingFlows(KubeApi api, Informer flows, Informer levels) {
        this.api = api;
        this.flows = flows;
        this.levels = levels;
    }

    /** Runs it on a driver until the answer is closed. */
    public static AutoCloseable start(KubeApi api, Driver driver) {
        var flows = new Informer(api, Kinds.FLOW_SCHEMAS);
        var levels = new Informer(api, Kinds.PRIORITY_LEVEL_CONFIGURATIONS);
        var running = driver.start(new DanglingFlows(api, flows, levels));
        for (var informer : List.of(flows, levels)) {
            informer.onChange((before, after) -> running.wake());
            informer.onProgress(running::wake);
        }
        var images = List.of(flows.start(driver), levels.start(driver));
        return () -> {
            for (var image : images) {
                image.close();
            }
            running.close();
        };
    }

    @Override
    public String name() {
        return "dangling-flows";
    }

    @Override
    public Next step(Instant now) {
        if (!flows.synced() || !levels.synced()) {
            return Next.WHEN_WOKEN;
        }
        refused.retainAll(flows.all().stream().map(KubeObject::uid).toList());
        boolean all = true;
        for (var flow : List.copyOf(flows.all())) {
            String level = flow.spec().text("priorityLevelConfiguration", "name");
            all &= told(flow, verdict(level, levels.find("", level).isPresent()), now);
        }
        return all ? Next.WHEN_WOKEN : Next.at(now.plus(RETRY));
    }

    private static JsonObject verdict(String level, boolean there) {
        String outcome = there ? "and it exists" : "but there is no such object";
        return JsonObject.of("type", DANGLING, "status", there ? "False" : "True", "reason",
                there ? "Found" : "NotFound", "message", "This FlowSchema references the PriorityLevelConfiguration "
                        + "object named \"" + level + "\" " + outcome);
    }

    /** A conflict means that a change is on its way here, which wakes the loop again. */
    private boolean told(KubeObject flow, JsonObject verdict, Instant now) {
        var conditions = new ArrayList<>(flow.status().array("conditions").objects());
        var before = conditions.stream().filter(c -> c.text("type").equals(DANGLING)).findFirst()
                .orElse(JsonObject.EMPTY);
        if (before.without("lastTransitionTime").equals(verdict)) {
            return true;
        }
        boolean turns = !before.text("status").equals(verdict.text("status"));
        conditions.remove(before);
        conditions.add(verdict.with("lastTransitionTime", Json.of(turns ? Times.seconds(now)
                : before.text("lastTransitionTime"))));
        try {
            api.update(flow.key(Kinds.FLOW_SCHEMAS).sub("status"), flow.with(JsonArray.of(conditions), "status",
                    "conditions"));
            refused.remove(flow.uid());
            return true;
        } catch (ApiException e) {
            if (e.is(Reason.CONFLICT) || e.is(Reason.NOT_FOUND)) {
                return true;
            }
            LOG.log(refused.add(flow.uid()) ? Level.WARNING : Level.DEBUG,
                    "the state of a FlowSchema was not written, and is tried again name=" + flow.name() + " reason="
                            + e.getMessage());
            return false;
        }
    }
}
