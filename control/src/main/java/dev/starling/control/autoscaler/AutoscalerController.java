package dev.starling.control.autoscaler;

import dev.starling.control.workload.Change;
import dev.starling.control.workload.Conditions;
import dev.starling.control.workload.Conditions.Said;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.informer.Controller;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.informer.Reconciler;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Scales what HorizontalPodAutoscalers point at. What an autoscaler wanted of late is kept in memory: after a start
 * it begins with the current number, so that nothing shrinks before a whole window was seen.
 */
public final class AutoscalerController implements Reconciler {
    private final Informer autoscalers;
    private final Informer pods;
    private final EventRecorder events;
    private final Duration sync;
    /** Bounded by the autoscalers that there are; each entry is written by the worker that has its key. */
    private final Map<ObjectKey, History> histories = new ConcurrentHashMap<>();

    private AutoscalerController(Informer autoscalers, Informer pods, EventRecorder events, Duration sync) {
        this.autoscalers = autoscalers;
        this.pods = pods;
        this.events = events;
        this.sync = sync;
    }

    /** What the controller reads beside metrics and scales. */
    public record Informers(Informer autoscalers, Informer pods) {
    }

    /** Wires the controller to its informers, which may not be started yet. */
    public static Controller controller(KubeApi api, Informers informers, EventRecorder events, Duration sync) {
        var reconciler = new AutoscalerController(informers.autoscalers(), informers.pods(), events, sync);
        var controller = new Controller("autoscaler", api, reconciler,
                List.of(informers.autoscalers(), informers.pods()));
        informers.autoscalers().onChange((before, after) -> {
            boolean asks = before.isEmpty() || after.isEmpty() || !before.get().spec().equals(after.get().spec());
            if (asks) {
                controller.enqueue(after.or(() -> before).orElseThrow().key(Kinds.HORIZONTAL_POD_AUTOSCALERS));
            }
        });
        return controller;
    }

    @Override
    public Outcome reconcile(ObjectKey key, KubeApi api, Instant now) {
        var found = autoscalers.find(key.namespace(), key.name()).filter(a -> !a.deleting());
        if (found.isEmpty()) {
            histories.remove(key);
            return Outcome.done();
        }
        var autoscaler = found.get();
        var target = target(autoscaler);
        KubeObject scale;
        try {
            scale = api.get(target.orElseThrow(() -> unknown(autoscaler)).sub("scale"));
        } catch (ApiException e) {
            events.warning(autoscaler, "FailedGetScale", e.getMessage());
            var conditions = Conditions.of(autoscaler.status()).with(Said.no("AbleToScale", "FailedGetScale",
                    "the HPA controller was unable to get the target's current scale: " + e.getMessage()), now);
            write(autoscaler, autoscaler.status().with("conditions", conditions.list()), api);
            return Outcome.again(sync);
        }
        decide(autoscaler, new Scale(target.get(), scale), api, now);
        return Outcome.again(sync);
    }

    /** What is scaled, and its size. */
    private record Scale(ObjectKey target, KubeObject object) {
        int replicas() {
            return (int) object.spec().at("replicas").number(0);
        }
    }

    private static Optional<ObjectKey> target(KubeObject autoscaler) {
        var reference = autoscaler.spec().object("scaleTargetRef");
        return Kinds.STORED.stream().filter(type -> type.kind().equals(reference.text("kind"))
                        && type.apiVersion().equals(reference.text("apiVersion")))
                .map(type -> type.key(autoscaler.namespace(), reference.text("name"))).findFirst();
    }

    private static ApiException unknown(KubeObject autoscaler) {
        var reference = autoscaler.spec().object("scaleTargetRef");
        return new ApiException(ApiException.Reason.NOT_FOUND, "no matches for kind \"" + reference.text("kind")
                + "\" in version \"" + reference.text("apiVersion") + "\"");
    }

    private void decide(KubeObject autoscaler, Scale scale, KubeApi api, Instant now) {
        String selector = scale.object().status().text("selector");
        if (selector.isEmpty()) {
            events.warning(autoscaler, "SelectorRequired", "selector is required");
            var conditions = Conditions.of(autoscaler.status()).with(Said.no("ScalingActive", "InvalidSelector",
                    "the HPA target's scale is missing a selector"), now);
            write(autoscaler, autoscaler.status().with("conditions", conditions.list()), api);
            return;
        }
        var key = autoscaler.key(Kinds.HORIZONTAL_POD_AUTOSCALERS);
        var plan = ScalePlan.of(new ScalePlan.Sight(autoscaler, scale.replicas(),
                sight(autoscaler.namespace(), LabelSelector.parse(selector), api),
                histories.getOrDefault(key, History.NONE)), now);
        histories.put(key, plan.history());
        plan.failures().forEach(failure -> events.warning(autoscaler, failure.reason(), failure.getMessage()));
        var conditions = plan.replicas() == scale.replicas() ? plan.conditions()
                : rescale(autoscaler, scale, plan, new Pass(api, now));
        boolean scaled = plan.replicas() != scale.replicas() && conditions.holds("AbleToScale");
        write(autoscaler, status(autoscaler, scale, plan, scaled ? Optional.of(now) : Optional.empty())
                .with("conditions", conditions.list()), api);
    }

    private record Pass(KubeApi api, Instant now) {
    }

    private ResourceUsage.Sight sight(String namespace, LabelSelector selector, KubeApi api) {
        var chosen = pods.in(namespace).stream().filter(pod -> selector.matches(pod.labels())).toList();
        var metrics = new HashMap<String, KubeObject>();
        try {
            api.list(ListQuery.in(Kinds.POD_METRICS, namespace).with(selector)).items()
                    .forEach(m -> metrics.put(m.name(), m));
        } catch (ApiException e) {
            // No metrics at all: the plan says what that means for each metric.
            metrics.clear();
        }
        return new ResourceUsage.Sight(chosen, metrics);
    }

    private Conditions rescale(KubeObject autoscaler, Scale scale, ScalePlan plan, Pass pass) {
        String what = "New size: " + plan.replicas() + "; reason: " + plan.reason();
        try {
            pass.api().patch(scale.target().sub("scale"), Change.field(new JsonLong(plan.replicas()),
                    "spec", "replicas"));
        } catch (ApiException e) {
            events.warning(autoscaler, "FailedRescale", what + "; error: " + e.getMessage());
            return plan.refused(e.getMessage(), pass.now());
        }
        histories.computeIfPresent(autoscaler.key(Kinds.HORIZONTAL_POD_AUTOSCALERS),
                (k, history) -> history.moved(scale.replicas(), plan.replicas(), pass.now()));
        events.normal(autoscaler, "SuccessfulRescale", what);
        return plan.rescaled(pass.now());
    }

    private static JsonObject status(KubeObject autoscaler, Scale scale, ScalePlan plan, Optional<Instant> scaled) {
        var status = JsonObject.builder();
        autoscaler.status().find("observedGeneration").ifPresent(g -> status.put("observedGeneration", g));
        if (autoscaler.generation() > 0) {
            status.put("observedGeneration", autoscaler.generation());
        }
        status.putText("lastScaleTime", scaled.map(Times::seconds)
                .orElse(autoscaler.status().text("lastScaleTime")));
        status.put("currentReplicas", scale.replicas());
        status.put("desiredReplicas", plan.replicas());
        if (!plan.currentMetrics().isEmpty()) {
            status.put("currentMetrics", plan.currentMetrics());
        }
        return status.build();
    }

    private static void write(KubeObject autoscaler, JsonObject status, KubeApi api) {
        Change.ofStatus(autoscaler.status(), status).ifPresent(patch ->
                api.patch(autoscaler.key(Kinds.HORIZONTAL_POD_AUTOSCALERS).sub("status"), patch));
    }
}
