package dev.starling.control.endpoints;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.OwnerReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** Turns slices into the subsets of Endpoints, and subsets into slices. Pure. */
final class Subsets {
    static final String SERVICE = "kubernetes.io/service-name";
    static final String SLICE_KEEPER = "endpointslice.kubernetes.io/managed-by";
    static final String MIRROR = "endpointslicemirroring-controller.k8s.io";
    private static final String KEEPER = "endpoints.kubernetes.io/managed-by";
    private static final String KEPT = "endpoint-controller";
    private static final String HEADLESS = "service.kubernetes.io/headless";
    /** More addresses than these are left out, and the object says so (source: upstream's endpoints controller). */
    private static final int MOST_ADDRESSES = 1000;
    static final String CAPACITY = "endpoints.kubernetes.io/over-capacity";

    private Subsets() {
    }

    /** Whether this controller keeps them. */
    static boolean kept(KubeObject endpoints) {
        return KEPT.equals(endpoints.labels().get(KEEPER));
    }

    /** The Endpoints of a Service as its slices show them. */
    static KubeObject endpoints(KubeObject service, Collection<KubeObject> slices) {
        String family = service.spec().array("ipFamilies").texts().stream().findFirst().orElse("IPv4");
        var subsets = new ArrayList<Json>();
        int room = MOST_ADDRESSES;
        boolean cut = false;
        for (var slice : slices.stream().filter(slice -> slice.tree().text("addressType").equals(family))
                .sorted(Comparator.comparing(KubeObject::name)).toList()) {
            var all = slice.tree().array("endpoints").objects();
            var shown = all.subList(0, Math.min(room, all.size()));
            cut |= shown.size() < all.size();
            room -= shown.size();
            subset(shown, slice.tree().array("ports")).forEach(subsets::add);
        }
        var labels = JsonObject.builder().putAll(service.metadata().object("labels")).put(KEEPER, (Object) KEPT);
        if (service.spec().text("clusterIP").equals("None")) {
            labels.put(HEADLESS, (Object) "");
        }
        var metadata = JsonObject.builder().put("name", service.name()).put("namespace", service.namespace())
                .put("labels", labels.build());
        if (cut) {
            metadata.put("annotations", JsonObject.of(CAPACITY, "truncated"));
        }
        var made = KubeObject.of(JsonObject.of("apiVersion", "v1", "kind", "Endpoints",
                "metadata", metadata.build()));
        return subsets.isEmpty() ? made : made.with(JsonArray.of(subsets), "subsets");
    }

    private static List<JsonObject> subset(List<JsonObject> endpoints, JsonArray ports) {
        var ready = addresses(endpoints, true);
        var waiting = addresses(endpoints, false);
        if (ready.isEmpty() && waiting.isEmpty()) {
            return List.of();
        }
        var subset = JsonObject.builder();
        if (!ready.isEmpty()) {
            subset.put("addresses", JsonArray.of(ready));
        }
        if (!waiting.isEmpty()) {
            subset.put("notReadyAddresses", JsonArray.of(waiting));
        }
        return List.of(ports.isEmpty() ? subset.build() : subset.put("ports", ports).build());
    }

    /** Those on their way out are shown as slices alone show them: not at all, unless they count as ready. */
    private static List<Json> addresses(List<JsonObject> endpoints, boolean ready) {
        var byAddress = new TreeMap<String, Json>();
        for (var endpoint : endpoints) {
            boolean leaves = endpoint.flag("conditions", "terminating") && !endpoint.flag("conditions", "ready");
            if (endpoint.flag("conditions", "ready") == ready && !leaves) {
                String ip = endpoint.array("addresses").texts().getFirst();
                var address = JsonObject.builder().put("ip", (Object) ip).putText("hostname",
                        endpoint.text("hostname")).putText("nodeName", endpoint.text("nodeName"));
                endpoint.find("targetRef").ifPresent(target -> address.put("targetRef", target));
                byAddress.put(ip, address.build());
            }
        }
        return List.copyOf(byAddress.values());
    }

    /** One slice for each subset and family of what somebody wrote as Endpoints, cut where no slice holds more. */
    static List<KubeObject> slices(KubeObject endpoints) {
        var slices = new ArrayList<KubeObject>();
        for (var subset : endpoints.tree().array("subsets").objects()) {
            for (String family : List.of("IPv4", "IPv6")) {
                var all = new ArrayList<Json>();
                mirrored(subset.array("addresses").objects(), family, true, all);
                mirrored(subset.array("notReadyAddresses").objects(), family, false, all);
                if (!all.isEmpty()) {
                    slices.add(slice(endpoints, family, all.subList(0, Math.min(MOST_ADDRESSES, all.size())),
                            ports(subset)));
                }
            }
        }
        return slices;
    }

    private static void mirrored(List<JsonObject> addresses, String family, boolean ready, List<Json> all) {
        for (var address : addresses) {
            if (address.text("ip").contains(":") == family.equals("IPv6")) {
                var endpoint = JsonObject.builder()
                        .put("addresses", JsonArray.strings(List.of(address.text("ip"))))
                        .put("conditions", JsonObject.of("ready", ready))
                        .putText("hostname", address.text("hostname")).putText("nodeName", address.text("nodeName"));
                address.find("targetRef").ifPresent(target -> endpoint.put("targetRef", target));
                all.add(endpoint.build());
            }
        }
    }

    /** A port of a slice has a name, though an empty one. */
    private static JsonArray ports(JsonObject subset) {
        return JsonArray.of(subset.array("ports").objects().stream().map(port -> JsonObject.builder()
                .put("name", (Object) port.text("name")).put("port", port.at("port"))
                .put("protocol", (Object) (port.text("protocol").isEmpty() ? "TCP" : port.text("protocol")))
                .putText("appProtocol", port.text("appProtocol")).build()).toList());
    }

    private static KubeObject slice(KubeObject endpoints, String family, List<Json> all, JsonArray ports) {
        var labels = JsonObject.builder().putAll(endpoints.metadata().object("labels"))
                .put(SERVICE, (Object) endpoints.name()).put(SLICE_KEEPER, (Object) MIRROR).build();
        var metadata = JsonObject.of("generateName", endpoints.name() + "-", "namespace", endpoints.namespace(),
                "labels", labels, "ownerReferences",
                JsonArray.of((Json) OwnerReference.controllerOf(endpoints).json()));
        return KubeObject.of(JsonObject.of("apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice",
                "metadata", metadata, "addressType", family, "endpoints", JsonArray.of(all),
                "ports", ports.isEmpty() ? JsonNull.NULL : ports));
    }
}
