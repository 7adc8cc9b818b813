package dev.starling.control.serviceaccount;

import dev.starling.control.workload.PodWrites;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.informer.Controller;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.informer.Reconciler;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.time.Instant;
import java.util.List;

/** Sees to it that every living namespace has its default account and the cluster's certificate authority. */
public final class ServiceAccountController implements Reconciler {
    private static final String ACCOUNT = "default";
    private static final String AUTHORITY = "kube-root-ca.crt";
    private static final String CERTIFICATE = "ca.crt";
    private static final String DESCRIPTION = "Contains a CA bundle that can be used to verify the kube-apiserver when"
            + " using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is"
            + " guaranteed across distributions of Kubernetes clusters.";

    private final Informers informers;
    private final String certificate;

    /** What the controller reads. */
    public record Informers(Informer namespaces, Informer serviceAccounts, Informer configMaps) {
    }

    private ServiceAccountController(Informers informers, String certificate) {
        this.informers = informers;
        this.certificate = certificate;
    }

    /**
     * Wires the controller to its informers, none of which may be started yet.
     *
     * @param certificate of the cluster's authority, as PEM; empty to publish none
     */
    public static Controller controller(KubeApi api, Informers informers, String certificate) {
        var controller = new Controller("serviceaccount", api, new ServiceAccountController(informers, certificate),
                List.of(informers.namespaces(), informers.serviceAccounts(), informers.configMaps()));
        informers.namespaces().onChange((before, after) -> after.filter(namespace -> !namespace.deleting())
                .ifPresent(namespace -> controller.enqueue(namespace.key(Kinds.NAMESPACES))));
        watch(informers.serviceAccounts(), ACCOUNT, controller);
        watch(informers.configMaps(), AUTHORITY, controller);
        return controller;
    }

    private static void watch(Informer informer, String name, Controller controller) {
        informer.onChange((before, after) -> after.or(() -> before).filter(object -> object.name().equals(name))
                .ifPresent(object -> controller.enqueue(Kinds.NAMESPACES.key(object.namespace()))));
    }

    @Override
    public Outcome reconcile(ObjectKey key, KubeApi api, Instant now) {
        var namespace = informers.namespaces().find("", key.name()).filter(n -> !n.deleting());
        if (namespace.isEmpty()) {
            return Outcome.done();
        }
        if (informers.serviceAccounts().find(key.name(), ACCOUNT).isEmpty()) {
            create(Kinds.SERVICE_ACCOUNTS.key(key.name(), ACCOUNT),
                    KubeObject.named(Kinds.SERVICE_ACCOUNTS, key.name(), ACCOUNT), api);
        }
        if (!certificate.isEmpty()) {
            publish(key.name(), api);
        }
        return Outcome.done();
    }

    private void publish(String namespace, KubeApi api) {
        var key = Kinds.CONFIG_MAPS.key(namespace, AUTHORITY);
        var published = JsonObject.of(CERTIFICATE, certificate);
        var present = informers.configMaps().find(namespace, AUTHORITY);
        if (present.isEmpty()) {
            create(key, KubeObject.named(Kinds.CONFIG_MAPS, namespace, AUTHORITY)
                    .with(JsonObject.of("kubernetes.io/description", DESCRIPTION), "metadata", "annotations")
                    .with(published, "data"), api);
        } else if (!present.get().tree().object("data").equals(published)) {
            api.update(key, present.get().with(published, "data"));
        }
    }

    /** Somebody else may have made it first, and a namespace may be leaving. */
    private static void create(ObjectKey key, KubeObject object, KubeApi api) {
        try {
            api.create(key, object);
        } catch (ApiException e) {
            if (!e.is(Reason.ALREADY_EXISTS) && !e.is(Reason.NOT_FOUND) && !PodWrites.ofTerminatingNamespace(e)) {
                throw e;
            }
        }
    }
}
