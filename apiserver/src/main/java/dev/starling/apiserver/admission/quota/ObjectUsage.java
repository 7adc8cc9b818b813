package dev.starling.apiserver.admission.quota;

import dev.starling.apiserver.admission.amount.Amounts;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Quantity;
import java.util.Map;
import java.util.TreeMap;

/** What one object uses up of the resources that quotas limit. Pure. */
final class ObjectUsage {
    private static final String OLD_CLASS = "volume.beta.kubernetes.io/storage-class";

    private ObjectUsage() {
    }

    static Amounts of(Counted counted, KubeObject object) {
        var one = new TreeMap<String, Quantity>();
        one.put(counted.countName(), Quantity.of(1));
        if (counted.equals(Counted.PODS)) {
            return new Amounts(one).plus(PodUsage.of(object));
        }
        if (counted.group().isEmpty()) {
            one.put(counted.plural(), Quantity.of(1));
        }
        var base = new Amounts(one);
        return counted.equals(Counted.SERVICES) ? base.plus(service(object))
                : counted.equals(Counted.CLAIMS) ? base.plus(claim(object)) : base;
    }

    private static Amounts service(KubeObject service) {
        var ports = service.spec().array("ports").objects();
        return switch (service.spec().text("type")) {
            case "NodePort" -> new Amounts(Map.of("services.nodeports", Quantity.of(ports.size())));
            case "LoadBalancer" -> {
                boolean given = service.spec().at("allocateLoadBalancerNodePorts") == JsonBoolean.FALSE;
                long taken = given ? ports.stream().filter(port -> port.at("nodePort").number(0) != 0).count()
                        : ports.size();
                yield new Amounts(Map.of("services.loadbalancers", Quantity.of(1),
                        "services.nodeports", Quantity.of(taken)));
            }
            default -> Amounts.NONE;
        };
    }

    private static Amounts claim(KubeObject claim) {
        var amounts = new TreeMap<String, Quantity>();
        var storage = Amounts.of(claim.spec().object("resources", "requests")).of("storage");
        amounts.put("requests.storage", storage);
        String old = claim.metadata().text("annotations", OLD_CLASS);
        String storageClass = old.isEmpty() ? claim.spec().text("storageClassName") : old;
        if (!storageClass.isEmpty()) {
            amounts.put(storageClass + Counted.OF_CLASS + "requests.storage", storage);
            amounts.put(storageClass + Counted.OF_CLASS + "persistentvolumeclaims", Quantity.of(1));
        }
        return new Amounts(amounts);
    }
}
