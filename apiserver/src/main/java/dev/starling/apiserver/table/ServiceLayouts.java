package dev.starling.apiserver.table;

import static dev.starling.apiserver.table.Cell.age;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The rows of services and of what answers for them. */
final class ServiceLayouts {
    private static final int SHOWN = 3;

    static final Layout SERVICE = Layout.of(List.of(Column.objectName(), Column.text("Type"),
            Column.text("Cluster-IP"), Column.text("External-IP"), Column.text("Port(s)"), Column.age(),
            Column.text("Selector").wide()), (object, now) -> {
        var spec = object.spec();
        var addresses = spec.array("clusterIPs").texts();
        return List.of(object.name(), spec.text("type"),
                addresses.isEmpty() ? Cell.orNone(spec.text("clusterIP")) : addresses.getFirst(),
                external(object), ports(spec), age(object, now),
                Cell.joined(spec.object("selector").texts().entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue()).toList()));
    });

    static final Layout ENDPOINT_SLICE = Layout.of(List.of(Column.objectName(), Column.text("AddressType"),
            Column.text("Ports"), Column.text("Endpoints"), Column.age()), (object, now) -> List.of(object.name(),
            object.tree().text("addressType"), slicePorts(object), endpoints(object), age(object, now)));

    private ServiceLayouts() {
    }

    private static String external(KubeObject service) {
        var own = service.spec().array("externalIPs").texts();
        return switch (service.spec().text("type")) {
            case "ExternalName" -> service.spec().text("externalName");
            case "LoadBalancer" -> balanced(service, own);
            default -> Cell.joined(own);
        };
    }

    private static String balanced(KubeObject service, List<String> own) {
        var all = Stream.concat(service.status().array("loadBalancer", "ingress").objects().stream()
                .map(ingress -> ingress.text("ip").isEmpty() ? ingress.text("hostname") : ingress.text("ip")),
                own.stream()).toList();
        return all.isEmpty() ? "<pending>" : String.join(",", all);
    }

    private static String ports(JsonObject spec) {
        return Cell.joined(spec.array("ports").objects().stream().map(port -> {
            long node = port.at("nodePort").number(0);
            return port.at("port").number(0) + (node > 0 ? ":" + node : "") + "/" + port.text("protocol");
        }).toList());
    }

    private static String slicePorts(KubeObject slice) {
        return shown(slice.tree().array("ports").objects().stream().map(port -> {
            Json number = port.at("port");
            return number.isNull() ? "*" : Long.toString(number.number(0));
        }).toList());
    }

    private static String endpoints(KubeObject slice) {
        var addresses = new ArrayList<String>();
        slice.tree().array("endpoints").objects().forEach(e -> addresses.addAll(e.array("addresses").texts()));
        return shown(addresses);
    }

    private static String shown(List<String> texts) {
        if (texts.isEmpty()) {
            return Cell.UNSET;
        }
        return texts.size() <= SHOWN ? String.join(",", texts)
                : String.join(",", texts.subList(0, SHOWN)) + " + " + (texts.size() - SHOWN) + " more...";
    }
}
