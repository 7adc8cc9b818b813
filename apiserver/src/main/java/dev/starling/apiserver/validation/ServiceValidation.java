package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Services. */
final class ServiceValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final String BAD_ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";

    private ServiceValidation() {
    }

    static void check(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        String type = spec.text("type");
        boolean headless = spec.text("clusterIP").equals("None");
        if (spec.array("ports").isEmpty() && !headless && !type.equals("ExternalName")) {
            findings.required(SPEC.child("ports"), "");
        }
        if (headless && (type.equals("NodePort") || type.equals("LoadBalancer"))) {
            findings.invalid(SPEC.child("clusterIPs").index(0), "None",
                    "may not be set to 'None' for " + type + " services");
        }
        ports(spec, findings);
        MetadataValidation.labels(spec.object("selector"), SPEC.child("selector"), findings);
        addresses(spec, findings);
        externalName(spec, type, findings);
        ExposureValidation.check(object, findings);
        if (type.isEmpty()) {
            findings.required(SPEC.child("type"), "");
        }
        Json timeout = spec.at("sessionAffinityConfig", "clientIP", "timeoutSeconds");
        if (timeout.number(1) <= 0 || timeout.number(1) > 86_400) {
            findings.invalid(SPEC.child("sessionAffinityConfig", "clientIP", "timeoutSeconds"), timeout,
                    "must be greater than 0 and less than 86400");
        }
    }

    private static void externalName(JsonObject spec, String type, Findings findings) {
        if (!type.equals("ExternalName")) {
            return;
        }
        String name = spec.text("externalName");
        FieldPath path = SPEC.child("externalName");
        if (name.isEmpty()) {
            findings.required(path, "");
        } else {
            findings.format(path, name.endsWith(".") ? name.substring(0, name.length() - 1) : name,
                    Formats::subdomain);
        }
        if (!spec.text("clusterIP").isEmpty()) {
            findings.forbidden(SPEC.child("clusterIPs"), "may not be set for ExternalName services");
        }
    }

    private static void addresses(JsonObject spec, Findings findings) {
        JsonArray addresses = spec.array("clusterIPs");
        int index = 0;
        for (String address : addresses.texts()) {
            boolean none = address.equals("None") && addresses.size() == 1;
            if (!none && !Formats.isIp(address)) {
                findings.invalid(SPEC.child("clusterIPs").index(index), address, BAD_ADDRESS);
            }
            index++;
        }
        String first = spec.text("clusterIP");
        if (addresses.isEmpty() && !first.isEmpty() && !first.equals("None") && !Formats.isIp(first)) {
            findings.invalid(SPEC.child("clusterIPs").index(0), first, BAD_ADDRESS);
        }
        if (!addresses.isEmpty() && !first.equals(addresses.texts().getFirst())) {
            findings.invalid(SPEC.child("clusterIPs"), addresses,
                    "first value must match `clusterIP`");
        }
        index = 0;
        for (String address : spec.array("externalIPs").texts()) {
            FieldPath path = SPEC.child("externalIPs").index(index++);
            if (Formats.isIp(address)) {
                reserved(address).ifPresent(why -> findings.invalid(path, address, why));
            } else {
                findings.invalid(path, address, BAD_ADDRESS);
            }
        }
    }

    /** Why nobody can be reached from outside at an address, if so. */
    private static Optional<String> reserved(String address) {
        InetAddress ip = InetAddress.ofLiteral(address);
        if (ip.isAnyLocalAddress()) {
            return Optional.of("may not be unspecified (0.0.0.0 or ::)");
        } else if (ip.isLoopbackAddress()) {
            return Optional.of("may not be in the loopback range (127.0.0.0/8, ::1/128)");
        } else if (ip.isLinkLocalAddress()) {
            return Optional.of("may not be in the link-local range (169.254.0.0/16, fe80::/10)");
        }
        return ip.isMCLinkLocal()
                ? Optional.of("may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")
                : Optional.empty();
    }

    private static void ports(JsonObject spec, Findings findings) {
        Set<String> names = new HashSet<>();
        Set<String> taken = new HashSet<>();
        boolean named = spec.array("ports").size() > 1;
        Findings.each(spec, SPEC, "ports", (port, path) -> {
            String name = port.text("name");
            if (named && name.isEmpty()) {
                findings.required(path.child("name"), "");
            }
            findings.optional(port, path, "name", Formats::label);
            if (!name.isEmpty() && !names.add(name)) {
                findings.duplicate(path.child("name"), new JsonString(name));
            }
            Json number = Json.of(port.at("port").number(0));
            findings.inRange(number, path.child("port"), 1, 65_535);
            if (port.has("targetPort")) {
                findings.portOrName(port.at("targetPort"), path.child("targetPort"));
            }
            String protocol = port.text("protocol");
            if (!taken.add(protocol + number)) {
                findings.duplicate(path, JsonObject.of("port", number, "protocol", protocol));
            }
        });
    }

    static void checkUpdate(JsonObject before, JsonObject after, Findings findings) {
        String old = before.text("spec", "clusterIP");
        boolean stays = !before.text("spec", "type").equals("ExternalName")
                && !after.text("spec", "type").equals("ExternalName");
        if (stays && !old.isEmpty() && !old.equals(after.text("spec", "clusterIP"))) {
            JsonArray shown = after.array("spec", "clusterIPs");
            findings.invalid(SPEC.child("clusterIPs").index(0),
                    shown.isEmpty() ? JsonArray.of(List.of(after.at("spec", "clusterIP"))) : shown,
                    "may not change once set");
        }
        ExposureValidation.checkUpdate(before, after, findings);
    }
}
