package dev.starling.node.agent;

import dev.starling.apiserver.admission.Admissions;
import dev.starling.apiserver.kinds.Bootstrap;
import dev.starling.apiserver.kinds.BuiltInKinds;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.Registry;
import dev.starling.apiserver.registry.RegistryParts;
import dev.starling.apiserver.registry.TokenIssuer;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.apiserver.validation.Validation;
import dev.starling.apiserver.watch.WatchHub;
import dev.starling.apiserver.watch.WatchSettings;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.net.AddressRange;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.store.MemoryStore;
import dev.starling.store.StoreSettings;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;

/** The real API in this process, over a store in memory, with what a namespace needs for pods. */
final class RealApi implements AutoCloseable {
    private static final Schemas SCHEMAS = Schemas.builtIn();

    private final MemoryStore<KubeObject> store =
            new MemoryStore<>(StoreSettings.defaults(), InstantSource.system());
    private final WatchHub hub = new WatchHub(store, WatchSettings.DEFAULT);
    private final Registry registry;

    RealApi() {
        var clock = InstantSource.system();
        var random = new Random(7);
        TokenIssuer tokens = wish -> new TokenIssuer.Token("token-of-" + wish.serviceAccount().name(),
                wish.audiences(), clock.instant().plus(wish.lifetime()));
        var builtIn = new BuiltInKinds(new BuiltInKinds.Parts(type -> Validation.schema(SCHEMAS, type),
                AddressRange.parse("10.96.0.0/24"), Registry.reading(store), tokens, clock, random));
        var admissions = Admissions.of(builtIn, Admissions.Parts.alone(store, List.of(), random));
        registry = new Registry(new RegistryParts(store, hub, builtIn.kinds(), List.of(), admissions.stations(),
                admissions.gates(), clock, random));
        new Bootstrap(api()).run(new Bootstrap.Entrance("10.96.0.1", "192.0.2.1", 6443));
        var api = api();
        api.create(Kinds.CONFIG_MAPS.key("default", "kube-root-ca.crt"),
                KubeObject.named(Kinds.CONFIG_MAPS, "default", "kube-root-ca.crt")
                        .with(JsonObject.of("ca.crt", "a certificate"), "data"));
    }

    KubeApi api() {
        return registry.as(Caller.component("test"));
    }

    @Override
    public void close() {
        hub.close();
        store.close();
    }
}
