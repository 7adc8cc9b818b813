package dev.starling.control.endpointslice;

import dev.starling.control.workload.Change;
import dev.starling.control.workload.Pods;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.Patch;
import dev.starling.kube.informer.Controller;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.informer.Reconciler;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import dev.starling.kube.object.ObjectKey;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Keeps the EndpointSlices of every Service that has a selector. */
public final class EndpointSliceController implements Reconciler {
    private static final String OF_SERVICE = "service";

    private final Informer services;
    private final Informer pods;
    private final Informer slices;

    private EndpointSliceController(Informer services, Informer pods, Informer slices) {
        this.services = services;
        this.pods = pods;
        this.slices = slices;
    }

    /** Wires the controller to its informers, none of which may be started yet. */
    public static Controller controller(KubeApi api, Informer services, Informer pods, Informer slices) {
        var reconciler = new EndpointSliceController(services, pods, slices);
        var controller = new Controller("endpointslice", api, reconciler, List.of(services, pods, slices));
        slices.index(OF_SERVICE, slice -> ours(slice)
                ? List.of(slice.namespace() + "/" + slice.labels().getOrDefault(SlicePlan.SERVICE, "")) : List.of());
        services.onChange((before, after) ->
                controller.enqueue(after.or(() -> before).orElseThrow().key(Kinds.SERVICES)));
        slices.onChange((before, after) -> Stream.of(before, after).flatMap(Optional::stream)
                .filter(EndpointSliceController::ours)
                .map(slice -> Kinds.SERVICES.key(slice.namespace(), slice.labels().get(SlicePlan.SERVICE)))
                .distinct().forEach(controller::enqueue));
        pods.onChange((before, after) -> {
            if (before.isEmpty() || after.isEmpty() || differs(before.get(), after.get())) {
                reconciler.services(before, after).forEach(controller::enqueue);
            }
        });
        return controller;
    }

    private static boolean ours(KubeObject slice) {
        return SlicePlan.CONTROLLER.equals(slice.labels().get(SlicePlan.MANAGED_BY))
                && slice.labels().containsKey(SlicePlan.SERVICE);
    }

    /** Whether a change of a pod can show in an endpoint. */
    private static boolean differs(KubeObject before, KubeObject after) {
        return !before.labels().equals(after.labels()) || before.deleting() != after.deleting()
                || Pods.ready(before) != Pods.ready(after) || Pods.terminal(before) != Pods.terminal(after)
                || !before.uid().equals(after.uid()) || !Pods.node(before).equals(Pods.node(after))
                || !before.status().at("podIPs").equals(after.status().at("podIPs"))
                || !before.status().text("podIP").equals(after.status().text("podIP"));
    }

    private List<ObjectKey> services(Optional<KubeObject> before, Optional<KubeObject> after) {
        String namespace = after.or(() -> before).orElseThrow().namespace();
        return services.in(namespace).stream().filter(service -> selector(service).filter(selector ->
                Stream.of(before, after).flatMap(Optional::stream).anyMatch(p -> selector.matches(p.labels())))
                .isPresent()).map(service -> service.key(Kinds.SERVICES)).toList();
    }

    /** Nothing for a Service whose endpoints are kept by others. */
    private static Optional<LabelSelector> selector(KubeObject service) {
        var labels = service.spec().object("selector").texts();
        return labels.isEmpty() || service.spec().text("type").equals("ExternalName")
                ? Optional.empty() : Optional.of(LabelSelector.of(labels));
    }

    @Override
    public Outcome reconcile(ObjectKey key, KubeApi api, Instant now) {
        var present = slices.by(OF_SERVICE, key.namespacedName());
        var service = services.find(key.namespace(), key.name()).filter(s -> !s.deleting());
        var selector = service.flatMap(EndpointSliceController::selector);
        if (selector.isEmpty()) {
            present.forEach(slice -> delete(slice, api));
            return Outcome.done();
        }
        var chosen = pods.in(key.namespace()).stream().filter(pod -> selector.get().matches(pod.labels())).toList();
        var plan = SlicePlan.of(service.get(), chosen, present);
        plan.create().forEach(slice -> api.create(Kinds.ENDPOINT_SLICES.key(key.namespace(), ""), slice));
        plan.update().forEach(slice -> update(present, slice, api));
        plan.delete().forEach(slice -> delete(slice, api));
        return Outcome.done();
    }

    /** Only what differs is written: labels that the Service lost go, and fields that nobody here knows stay. */
    private static void update(Collection<KubeObject> present, KubeObject wanted, KubeApi api) {
        present.stream().filter(slice -> slice.name().equals(wanted.name())).forEach(slice -> api.patch(
                slice.key(Kinds.ENDPOINT_SLICES), new Patch.Merge(Change.between(slice.tree(), wanted.tree()))));
    }

    private static void delete(KubeObject slice, KubeApi api) {
        try {
            api.delete(slice.key(Kinds.ENDPOINT_SLICES), DeleteOptions.DEFAULT.withUid(slice.uid()));
        } catch (ApiException e) {
            if (!e.is(Reason.NOT_FOUND)) {
                throw e;
            }
        }
    }
}
