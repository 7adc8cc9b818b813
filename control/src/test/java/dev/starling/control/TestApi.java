package dev.starling.control;

import dev.starling.apiserver.admission.Admissions;
import dev.starling.apiserver.custom.Customs;
import dev.starling.apiserver.kinds.Bootstrap;
import dev.starling.apiserver.kinds.BuiltInKinds;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.ComputedResource;
import dev.starling.apiserver.registry.Registry;
import dev.starling.apiserver.registry.RegistryParts;
import dev.starling.apiserver.registry.TokenIssuer;
import dev.starling.apiserver.schema.BuiltInSchema;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.apiserver.watch.WatchHub;
import dev.starling.apiserver.watch.WatchSettings;
import dev.starling.apiserver.webhook.Webhooks;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.net.AddressRange;
import dev.starling.kube.loop.ThreadDriver;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import dev.starling.store.MemoryStore;
import dev.starling.store.StoreSettings;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;

/** The real API in memory. */
public final class TestApi implements AutoCloseable {
    private static final Schemas SCHEMAS = Schemas.builtIn();

    private final MemoryStore<KubeObject> store =
            new MemoryStore<>(StoreSettings.defaults(), InstantSource.system());
    private final WatchHub hub = new WatchHub(store, WatchSettings.DEFAULT);
    private final Registry registry;
    private final Customs customs;

    /** @param computed what it serves beside what is stored */
    public TestApi(List<ComputedResource> computed) {
        var clock = InstantSource.system();
        var random = new Random(7);
        TokenIssuer tokens = wish -> new TokenIssuer.Token("token", wish.audiences(), clock.instant());
        var kinds = new BuiltInKinds(new BuiltInKinds.Parts(type -> BuiltInSchema.of(SCHEMAS, type),
                AddressRange.parse("10.96.0.0/24"), Registry.reading(store), tokens, clock, random));
        var admissions = Admissions.of(kinds, Admissions.Parts.alone(store, List.of(), random));
        registry = new Registry(new RegistryParts(store, hub, kinds.kinds(), computed, admissions.stations(),
                admissions.gates(), clock, random));
        customs = Customs.over(registry, SCHEMAS, Webhooks.NONE, new ThreadDriver(clock));
        new Bootstrap(as("test")).run(new Bootstrap.Entrance("10.96.0.1", "192.0.2.1", 6443));
    }

    public KubeApi as(String component) {
        return registry.as(Caller.component(component));
    }

    /** Creates every object of a YAML text in the namespace default, unless it says otherwise; gives the last one. */
    public KubeObject apply(String yaml) {
        KubeObject last = KubeObject.of(JsonObject.EMPTY);
        for (var document : Yaml.documents(yaml)) {
            var object = KubeObject.of(document.object());
            var type = Kinds.STORED.stream().filter(t -> t.kind().equals(object.kind())).findFirst().orElseThrow();
            String namespace = object.namespace().isEmpty() ? "default" : object.namespace();
            last = as("test").create(type.key(type.namespaced() ? namespace : "", object.name()), object);
        }
        return last;
    }

    @Override
    public void close() {
        customs.close();
        hub.close();
        store.close();
    }
}
