package dev.starling.control.endpointslice;

import dev.starling.control.workload.Pods;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.OwnerReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What has to be written so that a Service's EndpointSlices show its pods. Pure. Pods with the same port numbers
 * share slices; an endpoint stays in its slice, and a slice is written only when it changes.
 */
record SlicePlan(List<KubeObject> create, List<KubeObject> update, List<KubeObject> delete) {
    static final String SERVICE = "kubernetes.io/service-name";
    static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
    static final String CONTROLLER = "endpointslice-controller.k8s.io";
    private static final String HEADLESS = "service.kubernetes.io/headless";
    /** The most endpoints of one slice. */
    static final int MOST_ENDPOINTS = 100;

    /** What all endpoints of one slice have in common. */
    private record Group(String addressType, JsonArray ports) {
    }

    static SlicePlan of(KubeObject service, Collection<KubeObject> pods, Collection<KubeObject> present) {
        var groups = new LinkedHashMap<Group, Map<String, JsonObject>>();
        for (String family : families(service)) {
            groups.put(new Group(family, JsonArray.EMPTY), new TreeMap<>());
        }
        pods.stream().sorted(Comparator.comparing(KubeObject::name)).forEach(pod -> sort(service, pod, groups));
        dropNeedlessPlaceholders(groups);
        var draft = new Draft(service, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        var left = new ArrayList<>(present.stream().sorted(Comparator.comparing(KubeObject::name)).toList());
        groups.forEach((group, endpoints) -> draft.fill(group, endpoints, take(left, group)));
        draft.reuse(left);
        return new SlicePlan(draft.create(), draft.update(), draft.delete());
    }

    /** A Service without any endpoint still has one empty slice; one with endpoints needs none. */
    private static void dropNeedlessPlaceholders(Map<Group, Map<String, JsonObject>> groups) {
        var filled = groups.entrySet().stream().filter(group -> !group.getValue().isEmpty())
                .map(group -> group.getKey().addressType()).toList();
        groups.entrySet().removeIf(group -> group.getValue().isEmpty()
                && filled.contains(group.getKey().addressType()));
    }

    private static List<String> families(KubeObject service) {
        var families = service.spec().array("ipFamilies").texts();
        return families.isEmpty() ? List.of("IPv4") : families;
    }

    private static void sort(KubeObject service, KubeObject pod, Map<Group, Map<String, JsonObject>> groups) {
        if (Pods.terminal(pod)) {
            return;
        }
        var ports = ports(service, pod);
        boolean unreachable = ports.isEmpty() && !service.spec().array("ports").isEmpty();
        for (String family : unreachable ? List.<String>of() : families(service)) {
            address(pod, family).ifPresent(address ->
                    groups.computeIfAbsent(new Group(family, ports), g -> new TreeMap<>())
                            .put(pod.name(), endpoint(service, pod, address)));
        }
    }

    private static Optional<String> address(KubeObject pod, String family) {
        var addresses = new ArrayList<>(pod.status().array("podIPs").objects().stream()
                .map(ip -> ip.text("ip")).toList());
        addresses.add(pod.status().text("podIP"));
        return addresses.stream().filter(ip -> !ip.isEmpty() && ip.contains(":") == family.equals("IPv6")).findFirst();
    }

    /** The Service's ports as this pod has them; a named target port that the pod lacks is left out. */
    private static JsonArray ports(KubeObject service, KubeObject pod) {
        var ports = new ArrayList<Json>();
        for (var port : service.spec().array("ports").objects()) {
            String protocol = port.text("protocol").isEmpty() ? "TCP" : port.text("protocol");
            number(port, protocol, pod).ifPresent(number -> {
                var made = JsonObject.builder().put("name", (Object) port.text("name"))
                        .put("port", (Object) number).put("protocol", (Object) protocol);
                ports.add(made.putText("appProtocol", port.text("appProtocol")).build());
            });
        }
        return JsonArray.of(ports);
    }

    private static Optional<Long> number(JsonObject port, String protocol, KubeObject pod) {
        var target = port.at("targetPort");
        if (!(target instanceof JsonString(var name))) {
            long same = port.at("port").number(0);
            long number = target.number(same);
            return Optional.of(number == 0 ? same : number);
        }
        return pod.spec().array("containers").objects().stream()
                .flatMap(container -> container.array("ports").objects().stream())
                .filter(p -> p.text("name").equals(name)
                        && (p.text("protocol").isEmpty() ? "TCP" : p.text("protocol")).equals(protocol))
                .map(p -> p.at("containerPort").number(0)).findFirst();
    }

    private static JsonObject endpoint(KubeObject service, KubeObject pod, String address) {
        boolean serving = Pods.ready(pod);
        boolean ready = service.spec().flag("publishNotReadyAddresses") || serving && !pod.deleting();
        var endpoint = JsonObject.builder().put("addresses", JsonArray.strings(List.of(address)))
                .put("conditions", JsonObject.of("ready", ready, "serving", serving, "terminating", pod.deleting()));
        boolean named = !pod.spec().text("hostname").isEmpty()
                && pod.spec().text("subdomain").equals(service.name()) && pod.namespace().equals(service.namespace());
        if (named) {
            endpoint.put("hostname", (Object) pod.spec().text("hostname"));
        }
        return endpoint.putText("nodeName", Pods.node(pod)).put("targetRef", JsonObject.of("kind", "Pod",
                "name", pod.name(), "namespace", pod.namespace(), "uid", pod.uid())).build();
    }

    private static List<KubeObject> take(List<KubeObject> slices, Group group) {
        var taken = slices.stream().filter(slice -> !slice.deleting()
                && slice.tree().text("addressType").equals(group.addressType())
                && slice.tree().array("ports").equals(group.ports())).toList();
        slices.removeAll(taken);
        return taken;
    }

    /** The writes that are being collected. */
    private record Draft(KubeObject service, List<KubeObject> create, List<KubeObject> update,
            List<KubeObject> delete) {

        /** Keeps each endpoint where it is, fills what is free, and makes slices for the rest. */
        void fill(Group group, Map<String, JsonObject> endpoints, List<KubeObject> slices) {
            var homeless = new LinkedHashMap<>(endpoints);
            var contents = new LinkedHashMap<KubeObject, List<Json>>();
            for (var slice : slices) {
                var kept = new ArrayList<Json>();
                for (var old : slice.tree().array("endpoints").objects()) {
                    Optional.ofNullable(homeless.remove(old.object("targetRef").text("name"))).ifPresent(kept::add);
                }
                contents.put(slice, kept);
            }
            var rest = new ArrayList<Json>(homeless.values());
            contents.values().forEach(content -> move(rest, content));
            boolean placeholder = endpoints.isEmpty() && !slices.isEmpty();
            var last = placeholder ? Optional.of(slices.getFirst()) : Optional.<KubeObject>empty();
            contents.forEach((slice, content) -> {
                if (content.isEmpty() && !last.equals(Optional.of(slice))) {
                    delete.add(slice);
                } else {
                    change(slice, group, content);
                }
            });
            if (rest.isEmpty() && endpoints.isEmpty() && !placeholder) {
                create.add(made(group, List.of()));
            }
            while (!rest.isEmpty()) {
                var content = new ArrayList<Json>();
                move(rest, content);
                create.add(made(group, content));
            }
        }

        private static void move(List<Json> from, List<Json> to) {
            var moved = from.subList(0, Math.min(from.size(), MOST_ENDPOINTS - to.size()));
            to.addAll(moved);
            moved.clear();
        }

        /** Slices whose ports no pod has any more are used for the new ones before any is made or deleted. */
        void reuse(List<KubeObject> left) {
            for (var slice : left) {
                var match = slice.deleting() ? Optional.<KubeObject>empty() : create.stream().filter(made ->
                        made.tree().text("addressType").equals(slice.tree().text("addressType"))).findFirst();
                match.ifPresentOrElse(made -> {
                    create.remove(made);
                    update.add(changed(slice, made));
                }, () -> {
                    if (!slice.deleting()) {
                        delete.add(slice);
                    }
                });
            }
        }

        private void change(KubeObject slice, Group group, List<Json> content) {
            var wanted = made(group, content);
            boolean same = slice.tree().array("endpoints").equals(wanted.tree().array("endpoints"))
                    && slice.metadata().object("labels").equals(labels());
            if (!same) {
                update.add(changed(slice, wanted));
            }
        }

        /** A slice with what it is to show; all the rest is as it was. */
        private KubeObject changed(KubeObject slice, KubeObject made) {
            return slice.with(labels(), "metadata", "labels").with(made.tree().at("endpoints"), "endpoints")
                    .with(made.tree().at("ports"), "ports");
        }

        private JsonObject labels() {
            var labels = JsonObject.builder().putAll(service.metadata().object("labels"));
            if (service.spec().text("clusterIP").equals("None")) {
                labels.put(HEADLESS, (Object) "");
            }
            return labels.put(SERVICE, (Object) service.name()).put(MANAGED_BY, (Object) CONTROLLER).build();
        }

        private KubeObject made(Group group, List<Json> endpoints) {
            var metadata = JsonObject.of("generateName", service.name() + "-", "namespace", service.namespace(),
                    "labels", labels(),
                    "ownerReferences", JsonArray.of((Json) OwnerReference.controllerOf(service).json()));
            return KubeObject.of(JsonObject.of("apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice",
                    "metadata", metadata, "addressType", group.addressType(),
                    "endpoints", JsonArray.of(endpoints),
                    "ports", group.ports().isEmpty() ? JsonNull.NULL : group.ports()));
        }
    }
}
