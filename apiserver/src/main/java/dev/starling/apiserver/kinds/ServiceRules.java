package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.KindRules;
import dev.starling.apiserver.registry.NameRule;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Services keep the address that they were given, and free it when they go. */
final class ServiceRules implements KindRules {
    private static final Map<String, Function<KubeObject, String>> SELECTABLE =
            Fields.at("spec.clusterIP", "spec.type");

    private final ClusterIps addresses;

    ServiceRules(ClusterIps addresses) {
        this.addresses = addresses;
    }

    @Override
    public boolean hasStatus() {
        return true;
    }

    @Override
    public boolean createsOnUpdate() {
        return true;
    }

    @Override
    public NameRule nameRule() {
        return NameRule.LABEL_1035;
    }

    @Override
    public KubeObject prepareForCreate(KubeObject service) {
        return service.with(JsonObject.of("loadBalancer", JsonObject.EMPTY), "status");
    }

    @Override
    public List<Cause> validate(KubeObject service) {
        String type = service.spec().text("type");
        if (!type.equals("NodePort") && !type.equals("LoadBalancer")) {
            return List.of();
        }
        return List.of(new Cause("FieldValueForbidden", "Forbidden: services of type " + type
                + " are not supported yet: there are no nodes whose ports could be opened; use ClusterIP",
                "spec.type"));
    }

    static boolean isExternal(KubeObject service) {
        return service.spec().text("type").equals("ExternalName");
    }

    @Override
    public Map<String, Function<KubeObject, String>> selectable() {
        return SELECTABLE;
    }

    @Override
    public void committed(Optional<KubeObject> before, Optional<KubeObject> after) {
        var held = before.map(service -> service.spec().text("clusterIP")).orElse("");
        var kept = after.map(service -> service.spec().text("clusterIP")).orElse("");
        if (after.isEmpty()) {
            before.ifPresent(service -> addresses.release(service.uid(), held));
        } else if (!held.equals(kept)) {
            var service = after.get();
            addresses.release(service.uid(), held, revision(service));
            addresses.store(service.uid(), kept, revision(service));
        }
    }

    static long revision(KubeObject service) {
        return Long.parseLong(service.resourceVersion());
    }

    /** The fields of a service that has an address or, with {@code None}, none. */
    static KubeObject addressed(KubeObject service, String address) {
        var spec = service.spec().with("clusterIP", new JsonString(address))
                .with("clusterIPs", JsonArray.of(address))
                .with("ipFamilies", JsonArray.of("IPv4"))
                .with("ipFamilyPolicy", new JsonString("SingleStack"));
        return service.with(spec, "spec");
    }
}
