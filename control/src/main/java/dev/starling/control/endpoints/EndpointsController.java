package dev.starling.control.endpoints;

import dev.starling.control.workload.Change;
import dev.starling.control.workload.PodWrites;
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
import dev.starling.kube.object.ObjectKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Serves clients that still read Endpoints: those of a Service with a selector follow its slices, and what somebody
 * wrote for a Service without one is mirrored into slices, which all else reads.
 */
public final class EndpointsController implements Reconciler {
    private static final String OF_SERVICE = "endpoints";
    private static final String NO_MIRROR = "endpointslice.kubernetes.io/skip-mirror";
    private static final String LEADER = "control-plane.alpha.kubernetes.io/leader";
    private static final String SLICES = "endpointslice-controller.k8s.io";

    private final Informers informers;

    /** What the controller reads. */
    public record Informers(Informer services, Informer endpoints, Informer slices) {
    }

    private EndpointsController(Informers informers) {
        this.informers = informers;
    }

    /** Wires the controller to its informers, none of which may be started yet. */
    public static Controller controller(KubeApi api, Informers informers) {
        var controller = new Controller("endpoints", api, new EndpointsController(informers),
                List.of(informers.services(), informers.endpoints(), informers.slices()));
        informers.slices().index(OF_SERVICE, slice -> List.of(keeper(slice) + "/" + slice.namespace() + "/"
                + slice.labels().getOrDefault(Subsets.SERVICE, "")));
        informers.services().onChange((before, after) ->
                controller.enqueue(after.or(() -> before).orElseThrow().key(Kinds.SERVICES)));
        informers.endpoints().onChange((before, after) -> {
            var endpoints = after.or(() -> before).orElseThrow();
            controller.enqueue(Kinds.SERVICES.key(endpoints.namespace(), endpoints.name()));
        });
        informers.slices().onChange((before, after) -> Stream.of(before, after).flatMap(Optional::stream)
                .filter(slice -> List.of(SLICES, Subsets.MIRROR).contains(keeper(slice)))
                .map(slice -> Kinds.SERVICES.key(slice.namespace(),
                        slice.labels().getOrDefault(Subsets.SERVICE, "")))
                .distinct().filter(key -> !key.name().isEmpty()).forEach(controller::enqueue));
        return controller;
    }

    private static String keeper(KubeObject slice) {
        return slice.labels().getOrDefault(Subsets.SLICE_KEEPER, "");
    }

    private Collection<KubeObject> slices(String keeper, ObjectKey service) {
        return informers.slices().by(OF_SERVICE, keeper + "/" + service.namespacedName()).stream()
                .filter(slice -> !slice.deleting()).toList();
    }

    @Override
    public Outcome reconcile(ObjectKey key, KubeApi api, Instant now) {
        var service = informers.services().find(key.namespace(), key.name()).filter(s -> !s.deleting());
        var endpoints = informers.endpoints().find(key.namespace(), key.name()).filter(e -> !e.deleting());
        boolean selects = service.filter(EndpointsController::selects).isPresent();
        if (selects) {
            keep(service.get(), endpoints, api);
        } else if (service.isEmpty()) {
            endpoints.filter(Subsets::kept).ifPresent(old -> delete(old, Kinds.ENDPOINTS.key(key.namespace(),
                    key.name()), api));
        }
        var wanted = selects || service.isEmpty() ? Optional.<KubeObject>empty()
                : endpoints.filter(EndpointsController::isMirrored);
        mirror(wanted.map(Subsets::slices).orElse(List.of()), slices(Subsets.MIRROR, key), api);
        return Outcome.done();
    }

    private static boolean selects(KubeObject service) {
        return !service.spec().object("selector").isEmpty() && !service.spec().text("type").equals("ExternalName");
    }

    /** What the API server, or a leader election of old, keeps for itself is no Service's. */
    private static boolean isMirrored(KubeObject endpoints) {
        return !"true".equals(endpoints.labels().get(NO_MIRROR)) && !endpoints.annotations().containsKey(LEADER)
                && !Subsets.kept(endpoints);
    }

    private void keep(KubeObject service, Optional<KubeObject> endpoints, KubeApi api) {
        var key = Kinds.ENDPOINTS.key(service.namespace(), service.name());
        var wanted = Subsets.endpoints(service, slices(SLICES, service.key(Kinds.SERVICES)));
        if (endpoints.isEmpty()) {
            create(key, wanted, api);
            return;
        }
        var old = endpoints.get();
        var next = told(old, wanted).with(wanted.tree().at("subsets"), "subsets")
                .with(wanted.metadata().object("labels"), "metadata", "labels");
        boolean same = old.tree().at("subsets").equals(wanted.tree().at("subsets"))
                && old.metadata().object("labels").equals(wanted.metadata().object("labels"))
                && old.annotations().equals(next.annotations());
        if (!same) {
            api.patch(key, new Patch.Merge(Change.between(old.tree(), next.tree())));
        }
    }

    /** Says whether addresses are left out. */
    private static KubeObject told(KubeObject old, KubeObject wanted) {
        String cut = wanted.annotations().getOrDefault(Subsets.CAPACITY, "");
        return cut.isEmpty() ? old.without("metadata", "annotations", Subsets.CAPACITY)
                : old.with(cut, "metadata", "annotations", Subsets.CAPACITY);
    }

    private static void mirror(List<KubeObject> wanted, Collection<KubeObject> present, KubeApi api) {
        var left = new ArrayList<>(present);
        for (var slice : wanted) {
            var alike = left.stream().filter(old -> old.tree().text("addressType")
                    .equals(slice.tree().text("addressType"))).findFirst();
            alike.ifPresentOrElse(old -> {
                left.remove(old);
                var next = old.with(slice.tree().at("endpoints"), "endpoints").with(slice.tree().at("ports"), "ports")
                        .with(slice.metadata().object("labels"), "metadata", "labels")
                        .with(slice.metadata().at("ownerReferences"), "metadata", "ownerReferences");
                if (!next.equals(old)) {
                    api.patch(old.key(Kinds.ENDPOINT_SLICES),
                            new Patch.Merge(Change.between(old.tree(), next.tree())));
                }
            }, () -> create(Kinds.ENDPOINT_SLICES.key(slice.namespace(), ""), slice, api));
        }
        left.forEach(old -> delete(old, old.key(Kinds.ENDPOINT_SLICES), api));
    }

    private static void create(ObjectKey key, KubeObject object, KubeApi api) {
        try {
            api.create(key, object);
        } catch (ApiException e) {
            if (!PodWrites.ofTerminatingNamespace(e)) {
                throw e;
            }
        }
    }

    private static void delete(KubeObject object, ObjectKey key, KubeApi api) {
        try {
            api.delete(key, DeleteOptions.DEFAULT.withUid(object.uid()));
        } catch (ApiException e) {
            if (!e.is(Reason.NOT_FOUND)) {
                throw e;
            }
        }
    }
}
