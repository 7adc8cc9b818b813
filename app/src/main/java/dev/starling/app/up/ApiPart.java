package dev.starling.app.up;

import dev.starling.apiserver.access.Authorizer;
import dev.starling.apiserver.access.Certificates;
import dev.starling.apiserver.access.Proof;
import dev.starling.apiserver.access.ServerName;
import dev.starling.apiserver.access.csr.CertificateRequests;
import dev.starling.apiserver.access.csr.NodeClientApprover;
import dev.starling.apiserver.access.rbac.BootstrapRoles;
import dev.starling.apiserver.access.rbac.RoleAggregator;
import dev.starling.apiserver.access.rbac.RoleBasedAccess;
import dev.starling.apiserver.access.remote.RemoteAccess;
import dev.starling.apiserver.admission.Admissions;
import dev.starling.apiserver.aggregation.ExtensionTrust;
import dev.starling.apiserver.aggregation.LocalServices;
import dev.starling.apiserver.audit.AuditException;
import dev.starling.apiserver.audit.AuditLog;
import dev.starling.apiserver.custom.Customs;
import dev.starling.apiserver.encryption.EncryptingCodec;
import dev.starling.apiserver.encryption.KeyRotation;
import dev.starling.apiserver.fairness.BootstrapFlows;
import dev.starling.apiserver.fairness.DanglingFlows;
import dev.starling.apiserver.http.ApiServer;
import dev.starling.apiserver.http.HealthCheck;
import dev.starling.apiserver.http.Operations;
import dev.starling.apiserver.http.ServerLimits;
import dev.starling.apiserver.http.ServerSettings;
import dev.starling.apiserver.http.Upload;
import dev.starling.apiserver.kinds.Bootstrap;
import dev.starling.apiserver.kinds.BuiltInKinds;
import dev.starling.apiserver.kinds.ComponentStatuses;
import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.ComputedResource;
import dev.starling.apiserver.registry.ExpirySweep;
import dev.starling.apiserver.registry.ObjectCodec;
import dev.starling.apiserver.registry.Registry;
import dev.starling.apiserver.registry.RegistryParts;
import dev.starling.apiserver.registry.StoreHealth;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.apiserver.validation.Validation;
import dev.starling.apiserver.watch.WatchHub;
import dev.starling.apiserver.watch.WatchSettings;
import dev.starling.apiserver.webhook.HttpsWebhooks;
import dev.starling.apiserver.webhook.ServiceAddresses;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.PodStreams;
import dev.starling.kube.api.Release;
import dev.starling.kube.http.Kubeconfig;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.metric.MetricSource;
import dev.starling.kube.net.AddressRange;
import dev.starling.kube.object.Kinds;
import dev.starling.store.Backup;
import dev.starling.store.DiskStore;
import dev.starling.store.RevisionStore;
import dev.starling.store.StoreSettings;
import dev.starling.kube.object.KubeObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The store and the Kubernetes API over it. Serves from its making until it is closed. */
final class ApiPart implements AutoCloseable {
    /**
     * What other parts add to the API.
     *
     * @param gates judge what was validated
     */
    record Additions(List<ComputedResource> computed, List<Admission> admissions, List<Admission> gates,
            PodStreams streams, Map<String, Upload> uploads, List<HealthCheck> ready) {
    }

    private final Undo undo = new Undo();
    private final Registry registry;
    private final Certificates certificates;
    private final ApiServer server;
    private final AddressRange services;
    private final String host;
    private final String reached;
    private final AtomicBoolean ruled = new AtomicBoolean(); // the roles of every cluster are there
    private final AtomicBoolean equipped = new AtomicBoolean(); // everything that clients need is there

    ApiPart(UpSettings settings, DataFolder folder, String serviceRange, Additions additions, Driver driver) {
        var clock = driver.clock();
        var random = new SecureRandom();
        this.host = settings.host();
        this.reached = UpSettings.reached(host);
        this.services = AddressRange.parse(serviceRange);
        try {
            certificates = certificates(folder, driver);
            var limits = limits(folder);
            var history = settings.ops().history();
            var encryption = settings.ops().readEncryption();
            var codec = new EncryptingCodec(new ObjectCodec(), encryption);
            var store = undo.with("store", DiskStore.open(folder.store(), codec, StoreSettings.defaults()
                    .withHistory(history.changes(), history.age()).withQueuedWrites(limits.queuedWrites()), clock));
            var health = new StoreHealth(store, clock);
            var working = new HealthCheck("store", health::works);
            var hub = hub(store, limits, driver);
            var tokens = certificates.tokens(clock);
            var schemas = Schemas.builtIn();
            var kinds = new BuiltInKinds(new BuiltInKinds.Parts(type -> Validation.schema(schemas, type), services,
                    settings.services().nodePorts(), Registry.reading(store), tokens, clock, random, history.events()));
            var remote = remote(folder, clock);
            var roles = undo.with("roles", new RoleBasedAccess(store, remote.authorizers()));
            var webhooks = new HttpsWebhooks(new ServiceAddresses(Registry.reading(store), random));
            var admissions = Admissions.of(kinds, new Admissions.Parts(store,
                    Stream.of(roles.admissions(), List.of(certificates.tokenSecrets(clock)),
                            additions.admissions()).flatMap(List::stream).toList(),
                    roles.authorizer(), webhooks, random, call -> driver.run("webhook", call)));
            registry = new Registry(new RegistryParts(store, hub, kinds.kinds(), computed(additions),
                    admissions.stations(), gates(additions, admissions), clock, random));
            undo.later("quotas", admissions.startQuotas(driver, as("quota")));
            undo.later("policies", admissions.startPolicies(driver, as("policy"),
                    Customs.types(registry.catalog(), schemas)));
            var requests = CertificateRequests.kind(Validation.schema(schemas, Kinds.CERTIFICATE_SIGNING_REQUESTS),
                    certificates.signer(clock), clock);
            registry.serve(List.of(), List.of(requests));
            var sweep = new ExpirySweep(registry, Stream.concat(kinds.kinds().stream(), Stream.of(requests)).toList());
            undo.later("expiry", driver.start(sweep));
            undo.with("custom resources", Customs.over(registry, schemas, webhooks, driver));
            undo.later("key-rotation", driver.start(new KeyRotation(store, encryption,
                    folder.path().resolve("encryption"))));
            var log = auditLog(settings.ops(), driver);
            var audit = log.map(file -> new Operations.Audit(settings.ops().readPolicy(), file::record, clock,
                    random)).orElse(Operations.Audit.NONE);
            server = undo.with("http", new ApiServer(new ApiServer.Parts(
                    ServerSettings.DEFAULT.at(host, settings.port()).within(limits)
                            .speakingCbor(settings.ops().cbor()), registry,
                    roles.access(proofs(remote, clock)), certificates, additions.streams(), additions.uploads(),
                    schemas, List.of(working), ready(additions, working), Release.VERSION, clock, random,
                    new Operations(to -> Backup.write(store, codec, to), audit))));
            server.alsoMeasure(sweep);
            log.ifPresent(server::alsoMeasure);
            begin(driver, roles.authorizer());
            certificates.writeKubeconfig(folder.kubeconfig(), "starling", url());
            equipped.set(true);
        } catch (RuntimeException e) {
            undo.close();
            throw e;
        }
    }

    private static List<Admission> gates(Additions additions, Admissions admissions) {
        return Stream.concat(additions.gates().stream(), admissions.gates().stream()).toList();
    }

    /** Opens what the server shows to its clients, and rehearses that while the rest is made. */
    private Certificates certificates(DataFolder folder, Driver driver) {
        var opened = Certificates.open(folder.keys(), names(reached, services.address(1)), driver.clock());
        driver.run("tls-rehearsal", opened.tlsRehearsal());
        return opened;
    }

    /** Makes what every cluster has, and starts what looks after it. */
    private void begin(Driver driver, Authorizer authorizer) {
        var entrance = new Bootstrap.Entrance(services.address(1), address(reached), server.port());
        new Bootstrap(as("bootstrap")).run(entrance);
        undo.later("availability", driver.start(server.availability(as("kube-aggregator"),
                task -> driver.run("apiservice-check", task))));
        undo.later("local-apiservices", driver.start(new LocalServices(registry.catalog(),
                as("kube-aggregator"))));
        undo.later("extension-trust", driver.start(new ExtensionTrust(as("bootstrap"),
                certificates.extensionTrust())));
        undo.later("bootstrap-flows", driver.start(new BootstrapFlows(as("bootstrap"))));
        undo.later("dangling-flows", DanglingFlows.start(as("api-priority-and-fairness"), driver));
        undo.later("bootstrap-roles", driver.start(new BootstrapRoles(as("bootstrap"), () -> ruled.set(true))));
        undo.later("csr-approver", NodeClientApprover.start(as("certificate-controller"), authorizer,
                driver));
        undo.later("role-aggregation", RoleAggregator.start(as("clusterrole-aggregation-controller"), driver));
    }

    private List<Proof> proofs(RemoteAccess remote, InstantSource clock) {
        return Stream.concat(certificates.proofs(registry.reader(), clock).stream(), remote.proofs().stream())
                .toList();
    }

    private static RemoteAccess remote(DataFolder folder, InstantSource clock) {
        try {
            return RemoteAccess.read(folder.access(), clock);
        } catch (IllegalArgumentException | UncheckedIOException | Kubeconfig.KubeconfigException e) {
            throw new StartException("access.yaml: " + e.getMessage(), e);
        }
    }

    private WatchHub hub(RevisionStore<KubeObject> store, ServerLimits limits, Driver driver) {
        var hub = undo.with("watches", new WatchHub(store,
                new WatchSettings(limits.watchChanges(), WatchSettings.DEFAULT.bookmarkEvery())));
        undo.later("bookmarks", driver.start(hub));
        return hub;
    }

    private static ServerLimits limits(DataFolder folder) {
        try {
            return Files.exists(folder.limits()) ? ServerLimits.parse(Files.readString(folder.limits()))
                    : ServerLimits.DEFAULT;
        } catch (IOException | IllegalArgumentException e) {
            throw new StartException("limits.yaml: " + e.getMessage(), e);
        }
    }

    /** The health of the server's parts is a resource, too. What is done once after the start is no part. */
    private List<ComputedResource> computed(Additions additions) {
        var checks = ready(additions).stream().filter(check -> !check.name().contains("/"))
                .collect(Collectors.toMap(HealthCheck::name, HealthCheck::passes));
        return Stream.concat(additions.computed().stream(), Stream.of(new ComponentStatuses(checks))).toList();
    }

    private Optional<AuditLog> auditLog(OpsSettings ops, Driver driver) {
        try {
            return ops.auditLog().map(file -> undo.with("audit", new AuditLog(AuditLog.Settings.of(file), driver)));
        } catch (AuditException e) {
            throw new StartException("--audit-log-path: " + e.getMessage(), e);
        }
    }

    private List<HealthCheck> ready(Additions additions, HealthCheck store) {
        return Stream.concat(Stream.of(store), ready(additions).stream()).toList();
    }

    private List<HealthCheck> ready(Additions additions) {
        return Stream.concat(Stream.of(new HealthCheck("bootstrap", equipped::get),
                new HealthCheck("poststarthook/rbac/bootstrap-roles", ruled::get)), additions.ready().stream())
                .toList();
    }

    private static List<ServerName> names(String host, String service) {
        var names = new ArrayList<ServerName>(List.of(new ServerName.Dns("localhost"),
                new ServerName.Dns("kubernetes"), new ServerName.Dns("kubernetes.default"),
                new ServerName.Dns("kubernetes.default.svc"),
                new ServerName.Dns("kubernetes.default.svc.cluster.local"),
                new ServerName.Address("127.0.0.1"), new ServerName.Address(service)));
        names.add(ServerName.of(host));
        try {
            names.add(new ServerName.Dns(InetAddress.getLocalHost().getHostName()));
        } catch (UnknownHostException e) {
            System.getLogger(ApiPart.class.getName()).log(System.Logger.Level.DEBUG, "this machine has no name", e);
        }
        return names;
    }

    /** An EndpointSlice of the Service {@code kubernetes} holds an IPv4 address, whatever the host is called. */
    private static String address(String host) {
        try {
            return InetAddress.getByName(host) instanceof Inet4Address found ? found.getHostAddress() : "127.0.0.1";
        } catch (UnknownHostException e) {
            throw new StartException("--listen: the host " + host + " is not known", e);
        }
    }

    /** The API as one of the product's own components sees it. */
    KubeApi as(String component) {
        return registry.as(Caller.component(component));
    }

    /** The certificate by which clients know this server. */
    String authority() {
        return certificates.authorityPem();
    }

    /** Shows at {@code /metrics} what another part measures. */
    void measure(MetricSource source) {
        server.alsoMeasure(source);
    }

    int port() {
        return server.port();
    }

    String url() {
        return "https://" + (reached.contains(":") ? "[" + reached + "]" : reached) + ":" + server.port();
    }

    /** Serves pods too, at an address that they reach, and makes the Service {@code kubernetes} lead there. */
    void admitPods(String address) {
        if (host.equals(reached)) {
            server.alsoListen(address);
        }
        new Bootstrap(as("bootstrap")).run(new Bootstrap.Entrance(services.address(1), address, server.port()));
    }

    @Override
    public void close() {
        undo.close();
    }
}
