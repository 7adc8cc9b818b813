package dev.starling.node.pod;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Kinds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Environment variables that tell of Services, in the form of the days before cluster DNS. */
final class ServiceLinks {
    private ServiceLinks() {
    }

    /** Those of the pod's namespace if it wants links, and always those of the API server's own Service. */
    static Map<String, String> of(PodView pod, Sources sources) {
        var services = new ArrayList<KubeObject>();
        sources.find(Kinds.SERVICES, "default", "kubernetes").ifPresent(services::add);
        if (!pod.spec().text("enableServiceLinks").equals("false") && !off(pod)) {
            sources.in(Kinds.SERVICES, pod.namespace()).stream()
                    .sorted(Comparator.comparing(KubeObject::name)).forEach(services::add);
        }
        var env = new LinkedHashMap<String, String>();
        for (var service : services) {
            String ip = service.spec().text("clusterIP");
            if (!ip.isEmpty() && !ip.equals("None")) {
                put(env, service.name(), ip, service.spec().array("ports").objects());
            }
        }
        return env;
    }

    private static boolean off(PodView pod) {
        return pod.spec().find("enableServiceLinks").map(v -> !v.flag()).orElse(false);
    }

    private static void put(Map<String, String> env, String name, String ip, List<JsonObject> ports) {
        if (ports.isEmpty()) {
            return;
        }
        String prefix = name.toUpperCase(Locale.ROOT).replace('-', '_');
        env.put(prefix + "_SERVICE_HOST", ip);
        env.put(prefix + "_SERVICE_PORT", port(ports.getFirst()));
        for (var port : ports) {
            if (!port.text("name").isEmpty()) {
                env.put(prefix + "_SERVICE_PORT_" + port.text("name").toUpperCase(Locale.ROOT).replace('-', '_'),
                        port(port));
            }
        }
        env.put(prefix + "_PORT", url(ip, ports.getFirst()));
        for (var port : ports) {
            String protocol = protocol(port);
            String stem = prefix + "_PORT_" + port(port) + "_" + protocol.toUpperCase(Locale.ROOT);
            env.put(stem, url(ip, port));
            env.put(stem + "_PROTO", protocol);
            env.put(stem + "_PORT", port(port));
            env.put(stem + "_ADDR", ip);
        }
    }

    private static String url(String ip, JsonObject port) {
        return protocol(port) + "://" + ip + ":" + port(port);
    }

    private static String protocol(JsonObject port) {
        String protocol = port.text("protocol");
        return protocol.isEmpty() ? "tcp" : protocol.toLowerCase(Locale.ROOT);
    }

    private static String port(JsonObject port) {
        return Long.toString(port.at("port").number(0));
    }
}
