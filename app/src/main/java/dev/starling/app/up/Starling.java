package dev.starling.app.up;

import dev.starling.apiserver.http.HealthCheck;
import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.ComputedResource;
import dev.starling.control.ControlSettings;
import dev.starling.control.Controllers;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.PodStreams;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.node.host.InstanceNames;
import dev.starling.node.host.ServiceRange;
import dev.starling.node.metrics.PodUsage;
import dev.starling.node.runtime.Images;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * One whole instance: API and store, billing, controllers, pool. The API serves when the constructor returns; the pool
 * is opened after that. Closing stops controllers, pods, pool and API in this order.
 */
final class Starling implements AutoCloseable {
    private static final String SIMULATED_RANGE = "10.128.0.0/16";

    private final UpSettings settings;
    private final DataFolder folder;
    private final Driver driver;
    private final String serviceRange;
    private final Undo undo = new Undo();
    private final Late<PodStreams> streams = new Late<>("the pool");
    private final Late<PodUsage> usage = new Late<>("the pool");
    private final Late<Images> heldImages = new Late<>("the pool");
    private final ImagesApi images;
    private final ApiPart api;
    private final Controllers control;
    private Optional<PoolPart> pool = Optional.empty(); // guarded by this
    private Optional<CountDownLatch> opening = Optional.empty(); // guarded by this
    private boolean closed; // guarded by this

    Starling(UpSettings settings, Driver driver) {
        this.settings = settings;
        this.folder = DataFolder.at(settings.data());
        this.driver = driver;
        this.serviceRange = folder.serviceRange(() -> settings.runtime() == UpSettings.Runtime.SIMULATED
                ? SIMULATED_RANGE : ServiceRange.choose(InstanceNames.of(folder.path())));
        this.images = new ImagesApi(heldImages, folder.path());
        try {
            var billing = undo.with("billing", new BillingPart(folder, driver));
            var additions = new ApiPart.Additions(computed(billing),
                    List.<Admission>of(new PodSupport(driver.clock()), new JobSupport()),
                    List.of(new PodChangeSupport()), new LateStreams(streams),
                    Map.of(ImagesApi.ARCHIVES, images::importArchive), List.<HealthCheck>of());
            this.api = undo.with("api", new ApiPart(settings, folder, serviceRange, additions, driver));
            billing.meter(api.as("billing"));
            undo.later("meter", billing::stopMeter);
            if (settings.makeProfile()) {
                makeProfile(api.as("bootstrap"));
            }
            this.control = Controllers.start(api::as, driver,
                    ControlSettings.DEFAULT.withCertificate(api.authority())
                            .withBalanced(settings.services().balanced()));
            api.measure(control);
        } catch (RuntimeException e) {
            undo.close();
            throw e;
        }
    }

    private List<ComputedResource> computed(BillingPart billing) {
        return List.of(billing.spans(), images,
                new Computed(Kinds.POD_METRICS, namespace -> usage.part().podMetrics(namespace),
                        (namespace, name) -> usage.part().podMetrics(namespace, name)),
                new Computed(Kinds.NODE_METRICS, none -> usage.part().nodeMetrics(),
                        (none, name) -> usage.part().nodeMetrics().stream()
                                .filter(node -> node.name().equals(name)).findFirst()));
    }

    /** As {@code eksctl --fargate} does, so that a first pod runs. */
    private static void makeProfile(KubeApi api) {
        if (!api.list(ListQuery.all(Kinds.FARGATE_PROFILES).withPage(1, "")).items().isEmpty()) {
            return;
        }
        var selectors = JsonArray.of(JsonObject.of("namespace", "default"), JsonObject.of("namespace", "kube-system"));
        var profile = KubeObject.named(Kinds.FARGATE_PROFILES, "", "fp-default").with(selectors, "spec", "selectors");
        try {
            api.create(profile.key(Kinds.FARGATE_PROFILES), profile);
        } catch (ApiException e) {
            if (!e.is(ApiException.Reason.ALREADY_EXISTS)) {
                throw e;
            }
        }
    }

    /** Starts the pool, which adopts what an earlier process left running. */
    void openPool() {
        var over = new CountDownLatch(1);
        synchronized (this) {
            if (closed) {
                return;
            }
            opening = Optional.of(over);
        }
        try {
            opened(new PoolPart(settings, folder, serviceRange, api, driver));
        } finally {
            over.countDown();
        }
    }

    private synchronized void opened(PoolPart part) {
        pool = Optional.of(part);
        streams.set(part.streams());
        usage.set(part.usage());
        heldImages.set(part.images());
    }

    String url() {
        return api.url();
    }

    Path kubeconfig() {
        return folder.kubeconfig();
    }

    Path folder() {
        return folder.path();
    }

    /** For a person: what runs the pods. */
    synchronized String poolFacts() {
        return pool.map(PoolPart::facts).orElse("no");
    }

    /** Waits for a pool that is just opening, so that it is taken down too. */
    @Override
    public void close() {
        awaitOpening();
        poolToClose().ifPresent(part -> undo.later("pool", part));
        undo.later("controllers", control);
        undo.close();
    }

    private void awaitOpening() {
        Optional<CountDownLatch> pending;
        synchronized (this) {
            closed = true;
            pending = opening;
        }
        try {
            if (pending.isPresent()) {
                pending.get().await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Optional<PoolPart> poolToClose() {
        var open = pool;
        pool = Optional.empty();
        return open;
    }
}
