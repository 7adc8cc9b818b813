package dev.starling.apiserver.table;

import static dev.starling.apiserver.table.Cell.age;

import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The rows of what leads into a cluster and through it. */
final class NetworkLayouts {
    private static final int SHOWN = 3;

    static final Layout ENDPOINTS = Layout.of(List.of(Column.objectName(), Column.text("Endpoints"), Column.age()),
            (object, now) -> List.of(object.name(), endpoints(object), age(object, now)));

    static final Layout INGRESS = Layout.of(List.of(Column.objectName(), Column.text("Class"), Column.text("Hosts"),
            Column.text("Address"), Column.text("Ports"), Column.age()), (object, now) -> List.of(object.name(),
            Cell.orNone(object.spec().text("ingressClassName")), hosts(object.spec().array("rules")),
            address(object), object.spec().array("tls").isEmpty() ? "80" : "80, 443", age(object, now)));

    static final Layout INGRESS_CLASS = Layout.of(List.of(Column.objectName(), Column.text("Controller"),
            Column.text("Parameters"), Column.age()), (object, now) -> List.of(object.name(),
            object.spec().text("controller"), parameters(object.spec().object("parameters")), age(object, now)));

    static final Layout NETWORK_POLICY = Layout.of(List.of(Column.objectName(), Column.text("Pod-Selector"),
            Column.age()), (object, now) -> List.of(object.name(), Cell.selector(object.spec().object("podSelector")),
            age(object, now)));

    static final Layout SERVICE_CIDR = Layout.of(List.of(Column.objectName(), Column.text("CIDRs"), Column.age()),
            (object, now) -> List.of(object.name(), String.join(",", object.spec().array("cidrs").texts()),
                    age(object, now)));

    static final Layout IP_ADDRESS = Layout.of(List.of(Column.objectName(), Column.text("ParentRef")),
            (object, now) -> List.of(object.name(), parent(object.spec().object("parentRef"))));

    private NetworkLayouts() {
    }

    private static String endpoints(KubeObject object) {
        var subsets = object.tree().array("subsets").objects();
        if (subsets.isEmpty()) {
            return Cell.NONE;
        }
        var all = new ArrayList<String>();
        for (var subset : subsets) {
            var addresses = subset.array("addresses").objects().stream().map(each -> each.text("ip")).toList();
            if (subset.array("ports").isEmpty()) {
                all.addAll(addresses);
            }
            for (var port : subset.array("ports").objects()) {
                addresses.forEach(ip -> all.add((ip.contains(":") ? "[" + ip + "]" : ip) + ":"
                        + port.at("port").number(0)));
            }
        }
        return shown(all, all.size());
    }

    private static String shown(List<String> texts, int count) {
        String first = String.join(",", texts.subList(0, Math.min(SHOWN, texts.size())));
        return count > SHOWN ? first + " + " + (count - SHOWN) + " more..." : first;
    }

    private static String hosts(JsonArray rules) {
        var first = rules.objects().stream().limit(SHOWN).map(rule -> rule.text("host"))
                .filter(host -> !host.isEmpty()).toList();
        return first.isEmpty() ? "*" : shown(first, rules.size());
    }

    private static String address(KubeObject ingress) {
        return ingress.status().array("loadBalancer", "ingress").objects().stream()
                .map(each -> each.text("ip").isEmpty() ? each.text("hostname") : each.text("ip"))
                .filter(text -> !text.isEmpty()).sorted().distinct().collect(Collectors.joining(","));
    }

    private static String parameters(JsonObject parameters) {
        if (parameters.isEmpty()) {
            return Cell.NONE;
        }
        String group = parameters.has("apiGroup") ? "." + parameters.text("apiGroup") : "";
        return parameters.text("kind") + group + "/" + parameters.text("name");
    }

    private static String parent(JsonObject parent) {
        if (parent.isEmpty()) {
            return Cell.NONE;
        }
        String resource = parent.text("resource")
                + (parent.text("group").isEmpty() ? "" : "." + parent.text("group"));
        String namespace = parent.text("namespace").isEmpty() ? "" : "/" + parent.text("namespace");
        return resource.toLowerCase(Locale.ROOT) + namespace + "/" + parent.text("name");
    }
}
