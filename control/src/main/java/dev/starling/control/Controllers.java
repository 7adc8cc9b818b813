package dev.starling.control;

import dev.starling.control.autoscaler.AutoscalerController;
import dev.starling.control.balancer.LoadBalancerController;
import dev.starling.control.cronjob.CronJobController;
import dev.starling.control.custom.CustomTypes;
import dev.starling.control.daemonset.DaemonSetController;
import dev.starling.control.deployment.DeploymentController;
import dev.starling.control.disruption.DisruptionController;
import dev.starling.control.disruption.StaleTargets;
import dev.starling.control.endpoints.EndpointsController;
import dev.starling.control.endpointslice.EndpointSliceController;
import dev.starling.control.garbage.GarbageController;
import dev.starling.control.job.JobController;
import dev.starling.control.namespace.NamespaceController;
import dev.starling.control.podgc.PodGarbage;
import dev.starling.control.replicaset.ReplicaSetController;
import dev.starling.control.scheduler.Scheduler;
import dev.starling.control.serviceaccount.ServiceAccountController;
import dev.starling.control.statefulset.StatefulSetController;
import dev.starling.control.workload.Labelled;
import dev.starling.control.workload.Owned;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.informer.Controller;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.metric.Metric;
import dev.starling.kube.metric.MetricSource;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** Starts the scheduler and all controllers on one set of images of the cluster, and ends them in order. */
public final class Controllers implements MetricSource, AutoCloseable {
    private final Function<String, KubeApi> apis;
    private final Driver driver;
    private final ControlSettings settings;
    private final Map<ResourceType, Informer> informers = new LinkedHashMap<>(); // complete after start
    private final List<Controller> controllers = new ArrayList<>(); // complete after start
    private final List<MetricSource> measured = new ArrayList<>(); // complete after start
    private final CustomTypes customs;
    private final Deque<AutoCloseable> running = new ArrayDeque<>(); // the newest first

    private Controllers(Function<String, KubeApi> apis, Driver driver, ControlSettings settings) {
        this.apis = apis;
        this.driver = driver;
        this.settings = settings;
        this.customs = new CustomTypes(apis.apply("informers"), driver);
    }

    /** @param apis the API as it answers a component, by the component's name, such as {@code scheduler} */
    public static Controllers start(Function<String, KubeApi> apis, Driver driver, ControlSettings settings) {
        var controllers = new Controllers(apis, driver, settings);
        controllers.image();
        controllers.wire();
        controllers.begin();
        return controllers;
    }

    /** How full the queues of all controllers are, and what was lost or tried again. */
    @Override
    public List<Metric> metrics() {
        return measured.stream().flatMap(source -> source.metrics().stream()).toList();
    }

    /** True once every image is complete. */
    public boolean synced() {
        return informers.values().stream().allMatch(Informer::synced);
    }

    /** Events are written, not read; nothing owns them, and they own nothing. */
    private void image() {
        var api = apis.apply("informers");
        Kinds.STORED.stream().filter(type -> !type.equals(Kinds.EVENTS))
                .forEach(type -> informers.put(type, new Informer(api, type)));
        List.of(Kinds.PODS, Kinds.REPLICA_SETS, Kinds.JOBS, Kinds.CONTROLLER_REVISIONS)
                .forEach(type -> Owned.index(informers.get(type)));
        Labelled.index(informers.get(Kinds.PODS));
    }

    /** Everything that is served just now. */
    private List<ResourceType> types() {
        return Stream.concat(Kinds.STORED.stream(), customs.types().stream()).toList();
    }

    private Informer of(ResourceType type) {
        return informers.get(type);
    }

    private void wire() {
        wireWorkloads();
        add(AutoscalerController.controller(api("horizontal-pod-autoscaler"),
                new AutoscalerController.Informers(of(Kinds.HORIZONTAL_POD_AUTOSCALERS), of(Kinds.PODS)),
                events("horizontal-pod-autoscaler"), settings.autoscalerSync()));
        add(EndpointSliceController.controller(api("endpointslice-controller"),
                of(Kinds.SERVICES), of(Kinds.PODS), of(Kinds.ENDPOINT_SLICES)));
        add(EndpointsController.controller(api("endpoint-controller"), new EndpointsController.Informers(
                of(Kinds.SERVICES), of(Kinds.ENDPOINTS), of(Kinds.ENDPOINT_SLICES))));
        settings.balanced().ifPresent(range -> add(LoadBalancerController.controller(api("service-controller"),
                of(Kinds.SERVICES), events("service-controller"), range)));
        add(ServiceAccountController.controller(api("serviceaccount-controller"),
                new ServiceAccountController.Informers(of(Kinds.NAMESPACES), of(Kinds.SERVICE_ACCOUNTS),
                        of(Kinds.CONFIG_MAPS)), settings.certificate()));
        add(NamespaceController.controller(api("namespace-controller"), of(Kinds.NAMESPACES),
                this::types));
        add(GarbageController.controller(api("garbage-collector"), informers.values(), customs));
        controllers.forEach(controller -> running.push(controller.start(driver, settings.workers())));
        var scheduler = new Scheduler(api("scheduler"), Scheduler.SchedulerImages.of(this::of),
                events(Scheduler.NAME), driver);
        measured.add(scheduler);
        running.push(scheduler.start());
        running.push(driver.start(new PodGarbage(api("pod-garbage-collector"), of(Kinds.PODS), of(Kinds.NODES),
                settings.mostEndedPods())));
    }

    private void wireWorkloads() {
        add(DeploymentController.controller(api("deployment-controller"),
                new DeploymentController.Informers(of(Kinds.DEPLOYMENTS), of(Kinds.REPLICA_SETS), of(Kinds.PODS)),
                events("deployment-controller")));
        add(ReplicaSetController.controller(api("replicaset-controller"), of(Kinds.REPLICA_SETS),
                of(Kinds.PODS), events("replicaset-controller"), driver));
        add(ReplicaSetController.controller(api("replication-controller"), of(Kinds.REPLICATION_CONTROLLERS),
                of(Kinds.PODS), events("replication-controller"), driver));
        add(JobController.controller(api("job-controller"), of(Kinds.JOBS), of(Kinds.PODS),
                events("job-controller"), driver));
        add(CronJobController.controller(api("cronjob-controller"), of(Kinds.CRON_JOBS), of(Kinds.JOBS),
                events("cronjob-controller")));
        add(StatefulSetController.controller(api("statefulset-controller"),
                new StatefulSetController.Informers(of(Kinds.STATEFUL_SETS), of(Kinds.PODS),
                        of(Kinds.CONTROLLER_REVISIONS), of(Kinds.PERSISTENT_VOLUME_CLAIMS)),
                events("statefulset-controller")));
        add(DaemonSetController.controller(api("daemonset-controller"),
                new DaemonSetController.Informers(of(Kinds.DAEMON_SETS), of(Kinds.PODS),
                        of(Kinds.CONTROLLER_REVISIONS), of(Kinds.NODES)), events("daemonset-controller"),
                driver));
        add(DisruptionController.controller(api("disruption-controller"), this::of, this::types,
                events("controllermanager")));
        add(StaleTargets.controller(api("disruption-controller"), of(Kinds.PODS)));
    }

    private void add(Controller controller) {
        controllers.add(controller);
        measured.add(controller);
    }

    private KubeApi api(String component) {
        return apis.apply(component);
    }

    /** Events are written with the identity of the component that tells them. */
    private EventRecorder events(String component) {
        var recorder = new EventRecorder(apis.apply(component), component, driver);
        measured.add(recorder);
        running.push(recorder.start());
        return recorder;
    }

    /** Informers begin last, so that nobody misses their first list. */
    private void begin() {
        informers.values().forEach(informer -> running.push(informer.start(driver)));
        running.push(customs);
        running.push(customs.definitions().start(driver));
    }

    /** Ends the informers first: nothing new is decided, and what is under way ends. */
    @Override
    public void close() {
        var failures = new ArrayList<Exception>();
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException("a controller did not end", failures.getFirst());
        }
    }
}
