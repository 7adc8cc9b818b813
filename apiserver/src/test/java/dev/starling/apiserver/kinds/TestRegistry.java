package dev.starling.apiserver.kinds;

import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.object.ResourceType;
import dev.starling.apiserver.registry.Request;
import dev.starling.apiserver.access.rbac.RoleBasedAccess;
import dev.starling.apiserver.admission.Admissions;
import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.ComputedResource;
import dev.starling.apiserver.registry.Kind;
import dev.starling.apiserver.registry.Registry;
import dev.starling.apiserver.registry.RegistryParts;
import dev.starling.apiserver.registry.TokenIssuer;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.apiserver.validation.Validation;
import dev.starling.apiserver.watch.WatchHub;
import dev.starling.apiserver.watch.WatchSettings;
import dev.starling.apiserver.webhook.HttpsWebhooks;
import dev.starling.apiserver.webhook.ServiceAddresses;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.net.AddressRange;
import dev.starling.kube.object.KubeObject;
import dev.starling.store.MemoryStore;
import dev.starling.store.RevisionStore;
import dev.starling.store.StoreSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** A whole registry of the built-in kinds over a store, with a clock that a test moves and names from a seed. */
public final class TestRegistry implements AutoCloseable {
    private static final Schemas SCHEMAS = Schemas.builtIn();

    private final Clock clock = new Clock();
    private final RevisionStore<KubeObject> store;
    private final WatchHub hub;
    private final List<Kind> kinds;
    private final RoleBasedAccess roles;
    private final Registry registry;
    private final Admissions admissions;
    private volatile Admission further = AdmissionRequest::object;

    /** A clock that stands still until it is moved. */
    public static final class Clock implements InstantSource {
        private volatile Instant now = Instant.parse("2030-01-01T00:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        public void pass(Duration time) {
            now = now.plus(time);
        }
    }

    private TestRegistry(RevisionStore<KubeObject> store, WatchSettings watches, List<ComputedResource> computed) {
        this.store = store;
        this.hub = new WatchHub(store, watches);
        var random = new Random(store.revision());
        TokenIssuer tokens = wish -> new TokenIssuer.Token("token-of-" + wish.serviceAccount().name(),
                wish.audiences(), clock.instant().plus(wish.lifetime()));
        var builtIn = new BuiltInKinds(new BuiltInKinds.Parts(type -> Validation.schema(SCHEMAS, type),
                AddressRange.parse("10.96.0.0/24"), Registry.reading(store), tokens, clock, random));
        this.kinds = builtIn.kinds();
        this.roles = new RoleBasedAccess(store, List.of());
        this.admissions = Admissions.of(builtIn, new Admissions.Parts(store, Stream.concat(
                roles.admissions().stream(), Stream.<Admission>of(r -> further.admit(r))).toList(), roles.authorizer(),
                new HttpsWebhooks(new ServiceAddresses(Registry.reading(store), random)), random,
                command -> Thread.ofVirtual().start(command)));
        this.registry = new Registry(new RegistryParts(store, hub, kinds, computed, admissions.stations(),
                admissions.gates(), clock, random));
        new Bootstrap(api()).run(new Bootstrap.Entrance("10.96.0.1", "192.0.2.1", 6443));
    }

    public static TestRegistry inMemory() {
        return over(new MemoryStore<>(StoreSettings.defaults(), InstantSource.system()));
    }

    public static TestRegistry over(RevisionStore<KubeObject> store) {
        return new TestRegistry(store, WatchSettings.DEFAULT, List.of());
    }

    /** A registry in memory that keeps only few changes for watches. */
    public static TestRegistry forgetful(int changesPerType) {
        return new TestRegistry(new MemoryStore<>(StoreSettings.defaults(), InstantSource.system()),
                new WatchSettings(changesPerType, Duration.ofMinutes(1)), List.of());
    }

    public static TestRegistry computing(ComputedResource resource) {
        return new TestRegistry(new MemoryStore<>(StoreSettings.defaults(), InstantSource.system()),
                WatchSettings.DEFAULT, List.of(resource));
    }

    public Clock clock() {
        return clock;
    }

    public RevisionStore<KubeObject> store() {
        return store;
    }

    public WatchHub hub() {
        return hub;
    }

    public Registry registry() {
        return registry;
    }

    public Admissions admissions() {
        return admissions;
    }

    public List<Kind> kinds() {
        return kinds;
    }

    /** One more station, which sees each write last. */
    public void admitAlso(Admission station) {
        further = station;
    }

    public RoleBasedAccess roles() {
        return roles;
    }

    public KubeApi api() {
        return registry.as(Caller.component("test"));
    }

    /** Creates an object, one of a namespace in {@code default}. */
    public KubeObject create(Request request, ResourceType type, KubeObject object) {
        return registry.create(request, type.key(type.namespaced() ? "default" : "", object.name()), object,
                WriteOptions.DEFAULT);
    }

    @Override
    public void close() {
        roles.close();
        hub.close();
        store.close();
    }
}
