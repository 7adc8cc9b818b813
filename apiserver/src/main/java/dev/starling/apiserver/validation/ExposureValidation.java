package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** By which fields a service is reached from outside the cluster. */
final class ExposureValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final FieldPath INGRESS = FieldPath.of("status.loadBalancer.ingress");
    private static final String BALANCED = "may only be used when `type` is 'LoadBalancer'";
    private static final String RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges";

    private ExposureValidation() {
    }

    static void check(JsonObject service, Findings findings) {
        JsonObject spec = service.object("spec");
        String type = spec.text("type");
        nodePorts(spec, findings);
        sourceRanges(service, findings);
        if (!type.equals("LoadBalancer") && spec.has("allocateLoadBalancerNodePorts")) {
            findings.forbidden(SPEC.child("allocateLoadBalancerNodePorts"), BALANCED);
        }
        if (spec.has("loadBalancerClass") && !type.equals("LoadBalancer")) {
            findings.forbidden(SPEC.child("loadBalancerClass"), BALANCED);
        } else if (spec.has("loadBalancerClass")) {
            findings.format(SPEC.child("loadBalancerClass"), spec.text("loadBalancerClass"), Formats::qualifiedName);
        }
        policy(spec, findings);
        status(service, findings);
    }

    private static void nodePorts(JsonObject spec, Findings findings) {
        Set<String> taken = new HashSet<>();
        Findings.each(spec, SPEC, "ports", (port, path) -> {
            Json number = port.at("nodePort");
            if (number.number(0) == 0) {
                return;
            }
            if (spec.text("type").equals("ClusterIP")) {
                findings.forbidden(path.child("nodePort"), "may not be used when `type` is 'ClusterIP'");
            }
            if (!taken.add(port.text("protocol") + number)) {
                findings.duplicate(path.child("nodePort"), number);
            }
        });
    }

    private static void sourceRanges(JsonObject service, Findings findings) {
        JsonObject spec = service.object("spec");
        JsonObject annotations = service.object("metadata", "annotations");
        boolean fields = !spec.array("loadBalancerSourceRanges").isEmpty();
        if (!fields && !annotations.has(RANGES)) {
            return;
        }
        FieldPath path = fields ? SPEC.child("LoadBalancerSourceRanges")
                : FieldPath.of("metadata.annotations").key(RANGES);
        if (!spec.text("type").equals("LoadBalancer")) {
            findings.forbidden(path, BALANCED);
        }
        int index = 0;
        for (String range : fields ? spec.array("loadBalancerSourceRanges").texts()
                : annotated(annotations.text(RANGES))) {
            if (!isRange(range.strip())) {
                findings.invalid(fields ? path.index(index) : path, range.strip(),
                        "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
            }
            index++;
        }
    }

    private static List<String> annotated(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split(",", -1));
    }

    private static boolean isRange(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
            return false;
        }
        String address = text.substring(0, slash);
        int bits = Integer.parseInt(text.substring(slash + 1));
        return Formats.isIp(address) && bits <= (Formats.isIpv4(address) ? 32 : 128);
    }

    private static void policy(JsonObject spec, Findings findings) {
        String type = spec.text("type");
        boolean reachable = List.of("NodePort", "LoadBalancer").contains(type)
                || type.equals("ClusterIP") && !spec.array("externalIPs").isEmpty();
        String policy = spec.text("externalTrafficPolicy");
        if (!reachable && !policy.isEmpty()) {
            findings.invalid(SPEC.child("externalTrafficPolicy"), policy,
                    "may only be set for externally-accessible services");
        }
        Json health = spec.at("healthCheckNodePort");
        if (!needsHealthPort(spec) && health.number(0) != 0) {
            findings.invalid(SPEC.child("healthCheckNodePort"), health, "may only be set when `type` is "
                    + "'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
        } else if (needsHealthPort(spec) && health.number(0) == 0) {
            findings.required(SPEC.child("healthCheckNodePort"), "");
        } else if (needsHealthPort(spec)) {
            findings.inRange(health, SPEC.child("healthCheckNodePort"), 1, 65_535);
        }
    }

    private static boolean needsHealthPort(JsonObject spec) {
        return spec.text("type").equals("LoadBalancer") && spec.text("externalTrafficPolicy").equals("Local");
    }

    private static void status(JsonObject service, Findings findings) {
        JsonObject balancer = service.object("status", "loadBalancer");
        if (!balancer.array("ingress").isEmpty() && !service.text("spec", "type").equals("LoadBalancer")) {
            findings.forbidden(INGRESS, "may only be used when `spec.type` is 'LoadBalancer'");
            return;
        }
        int index = 0;
        for (JsonObject ingress : balancer.array("ingress").objects()) {
            FieldPath path = INGRESS.index(index++);
            String ip = ingress.text("ip");
            String name = ingress.text("hostname");
            if (!ip.isEmpty() && !Formats.isIp(ip)) {
                findings.invalid(path.child("ip"), ip,
                        "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
            }
            if (ip.isEmpty() && !ingress.text("ipMode").isEmpty()) {
                findings.forbidden(path.child("ipMode"), "may not be specified when `ip` is not set");
            }
            findings.optional(ingress, path, "hostname", Formats::subdomain);
            if (Formats.isIp(name)) {
                findings.invalid(path.child("hostname"), name, "must be a DNS name, not an IP address");
            }
        }
    }

    static void checkUpdate(JsonObject before, JsonObject after, Findings findings) {
        JsonObject old = before.object("spec");
        JsonObject spec = after.object("spec");
        boolean stays = old.text("type").equals("LoadBalancer") && spec.text("type").equals("LoadBalancer");
        if (stays && !old.at("loadBalancerClass").equals(spec.at("loadBalancerClass"))) {
            findings.invalid(SPEC.child("loadBalancerClass"), spec.at("loadBalancerClass"), "may not change once set");
        }
        if (needsHealthPort(old) && needsHealthPort(spec)
                && !old.at("healthCheckNodePort").equals(spec.at("healthCheckNodePort"))) {
            findings.forbidden(SPEC.child("healthCheckNodePort"), Findings.IMMUTABLE);
        }
    }
}
