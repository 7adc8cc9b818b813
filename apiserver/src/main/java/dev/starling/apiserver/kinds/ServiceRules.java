package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.KindRules;
import dev.starling.apiserver.registry.NameRule;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.KubeObject;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Services keep the address and the ports that they were given, and free them when they go. */
final class ServiceRules implements KindRules {
    private static final Map<String, Function<KubeObject, String>> SELECTABLE =
            Fields.at("spec.clusterIP", "spec.type");

    private final ClusterIps addresses;
    private final NodePorts ports;

    ServiceRules(ClusterIps addresses, NodePorts ports) {
        this.addresses = addresses;
        this.ports = ports;
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

    /** What is no balancer any more has no address of one. */
    @Override
    public KubeObject prepareForUpdate(KubeObject before, KubeObject after) {
        return Exposure.isBalanced(after) || after.status().object("loadBalancer").isEmpty() ? after
                : after.with(JsonObject.EMPTY, "status", "loadBalancer");
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
        String owner = after.or(() -> before).map(KubeObject::uid).orElse("");
        addresses.committed(owner, address(before), address(after));
        ports.committed(owner, before.map(Exposure::held).orElse(Set.of()),
                after.map(Exposure::held).orElse(Set.of()));
    }

    private static String address(Optional<KubeObject> service) {
        return service.map(one -> one.spec().text("clusterIP")).orElse("");
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
