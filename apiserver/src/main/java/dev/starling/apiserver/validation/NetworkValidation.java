package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.JsonObject;
import java.util.List;

/** What leads into a cluster and through it: ingresses, network policies, endpoints, address ranges. */
final class NetworkValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final String BAD_ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
    private static final List<String> BAD_PARTS = List.of("//", "/./", "/../", "%2f", "%2F");
    private static final List<String> BAD_ENDS = List.of("/..", "/.");

    private NetworkValidation() {
    }

    static void checkIngress(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        if (spec.array("rules").isEmpty() && !spec.has("defaultBackend")) {
            findings.invalid(SPEC, spec, "either `defaultBackend` or `rules` must be specified");
        }
        if (spec.has("defaultBackend")) {
            backend(spec.object("defaultBackend"), SPEC.child("defaultBackend"), findings);
        }
        Findings.each(spec, SPEC, "rules", (rule, path) -> rule(rule, path, findings));
        Findings.each(spec, SPEC, "tls", (tls, path) -> {
            int index = 0;
            for (String host : tls.array("hosts").texts()) {
                host(host, path.child("hosts").index(index++), findings);
            }
        });
        findings.optional(spec, SPEC, "ingressClassName", Formats::subdomain);
    }

    private static void rule(JsonObject rule, FieldPath path, Findings findings) {
        String host = rule.text("host");
        if (Formats.isIp(host)) {
            findings.invalid(path.child("host"), host, "must be a DNS name, not an IP address");
        } else if (!host.isEmpty()) {
            host(host, path.child("host"), findings);
        }
        if (rule.has("http")) {
            FieldPath http = path.child("http");
            if (rule.array("http", "paths").isEmpty()) {
                findings.required(http.child("paths"), "");
            }
            Findings.each(rule.object("http"), http, "paths", (each, here) -> path(each, here, findings));
        }
    }

    private static void host(String host, FieldPath path, Findings findings) {
        findings.format(path, host.startsWith("*.") ? host.substring(2) : host, Formats::subdomain);
    }

    private static void path(JsonObject object, FieldPath path, Findings findings) {
        String type = object.text("pathType");
        String text = object.text("path");
        if (type.isEmpty()) {
            findings.required(path.child("pathType"), "pathType must be specified");
        }
        boolean exact = type.equals("Exact") || type.equals("Prefix");
        if (exact ? !text.startsWith("/") : !text.isEmpty() && !text.startsWith("/")) {
            findings.invalid(path.child("path"), text, "must be an absolute path");
        }
        if (exact) {
            BAD_PARTS.stream().filter(text::contains).forEach(part ->
                    findings.invalid(path.child("path"), text, "must not contain '" + part + "'"));
            BAD_ENDS.stream().filter(text::endsWith).forEach(end ->
                    findings.invalid(path.child("path"), text, "cannot end with '" + end + "'"));
        }
        backend(object.object("backend"), path.child("backend"), findings);
    }

    private static void backend(JsonObject backend, FieldPath path, Findings findings) {
        boolean service = backend.has("service");
        boolean resource = backend.has("resource");
        if (service && resource) {
            findings.invalid(path, "", "cannot set both resource and service backends");
        } else if (!service && !resource) {
            findings.required(path, "resource or service backend is required");
        } else if (resource) {
            findings.present(backend.object("resource"), path.child("resource"), "kind");
            findings.present(backend.object("resource"), path.child("resource"), "name");
        } else {
            serviceBackend(backend.object("service"), path.child("service"), findings);
        }
    }

    private static void serviceBackend(JsonObject service, FieldPath path, Findings findings) {
        findings.formatted(service, path, "name", Formats::label);
        FieldPath port = path.child("port");
        String name = service.text("port", "name");
        long number = service.at("port", "number").number(0);
        if (!name.isEmpty() && number != 0) {
            findings.invalid(path, "", "cannot set both port name & port number");
        } else if (!name.isEmpty()) {
            findings.format(port.child("name"), name, Formats::portName);
        } else if (number != 0) {
            Formats.port(number).forEach(wrong ->
                    findings.invalid(port.child("number"), service.at("port", "number"), wrong));
        } else {
            findings.required(path, "port name or number is required");
        }
    }

    static void checkIngressClass(JsonObject object, Findings findings) {
        String controller = object.text("spec", "controller");
        if (controller.isEmpty()) {
            findings.required(SPEC.child("controller"), "");
        } else if (!controller.contains("/")) {
            findings.invalid(SPEC.child("controller"), controller,
                    "must be a domain-prefixed path (such as \"acme.io/foo\")");
        }
        JsonObject parameters = object.object("spec", "parameters");
        if (!parameters.isEmpty()) {
            findings.present(parameters, SPEC.child("parameters"), "kind", "kind is required");
            findings.present(parameters, SPEC.child("parameters"), "name", "name is required");
        }
    }

    static void checkIngressClassUpdate(JsonObject before, JsonObject after, Findings findings) {
        findings.immutable(SPEC.child("controller"), before.at("spec", "controller"), after.at("spec", "controller"));
    }

    static void checkPolicy(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        SelectorValidation.check(spec.object("podSelector"), SPEC.child("podSelector"), findings);
        Findings.each(spec, SPEC, "ingress", (rule, path) -> rule(rule, path, "from", findings));
        Findings.each(spec, SPEC, "egress", (rule, path) -> rule(rule, path, "to", findings));
        if (spec.array("policyTypes").size() > 2) {
            findings.invalid(SPEC.child("policyTypes"), spec.at("policyTypes"),
                    "may not specify more than two policyTypes");
        }
    }

    private static void rule(JsonObject rule, FieldPath path, String peers, Findings findings) {
        Findings.each(rule, path, "ports", (port, here) -> {
            if (!port.at("port").isNull()) {
                findings.portOrName(port.at("port"), here.child("port"));
            }
            if (!port.at("endPort").isNull() && port.at("endPort").number(0) < port.at("port").number(0)) {
                findings.invalid(here.child("endPort"), port.at("endPort"),
                        "must be greater than or equal to `port`");
            }
        });
        Findings.each(rule, path, peers, (peer, here) -> peer(peer, here, findings));
    }

    private static void peer(JsonObject peer, FieldPath path, Findings findings) {
        if (peer.isEmpty()) {
            findings.required(path, "must specify a peer");
        }
        for (String selector : List.of("podSelector", "namespaceSelector")) {
            SelectorValidation.check(peer.object(selector), path.child(selector), findings);
        }
        if (!peer.has("ipBlock")) {
            return;
        }
        if (peer.size() > 1) {
            findings.forbidden(path, "may not specify both ipBlock and another peer");
        }
        FieldPath block = path.child("ipBlock");
        if (findings.present(peer.object("ipBlock"), block, "cidr")) {
            range(peer.text("ipBlock", "cidr"), block.child("cidr"), findings);
        }
        int index = 0;
        for (String except : peer.array("ipBlock", "except").texts()) {
            range(except, block.child("except").index(index++), findings);
        }
    }

    private static void range(String text, FieldPath path, Findings findings) {
        if (!isRange(text)) {
            findings.invalid(path, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
        }
    }

    private static boolean isRange(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !Formats.isIp(text.substring(0, slash))) {
            return false;
        }
        String length = text.substring(slash + 1);
        int most = Formats.isIpv4(text.substring(0, slash)) ? 32 : 128;
        return length.matches("0|[1-9][0-9]{0,2}") && Integer.parseInt(length) <= most;
    }

    static void checkEndpoints(JsonObject object, Findings findings) {
        Findings.each(object, FieldPath.ROOT, "subsets", (subset, path) -> {
            if (subset.array("addresses").isEmpty() && subset.array("notReadyAddresses").isEmpty()) {
                findings.required(path, "must specify `addresses` or `notReadyAddresses`");
            }
            for (String list : List.of("addresses", "notReadyAddresses")) {
                Findings.each(subset, path, list, (address, here) -> {
                    if (!Formats.isIp(address.text("ip"))) {
                        findings.invalid(here.child("ip"), address.text("ip"), BAD_ADDRESS);
                    }
                    findings.optional(address, here, "hostname", Formats::label);
                });
            }
            boolean several = subset.array("ports").size() > 1;
            Findings.each(subset, path, "ports", (port, here) -> {
                if (several && port.text("name").isEmpty()) {
                    findings.required(here.child("name"), "");
                }
                findings.optional(port, here, "name", Formats::label);
                Formats.port(port.at("port").number(0)).forEach(wrong ->
                        findings.invalid(here.child("port"), port.at("port"), wrong));
            });
        });
    }

    static void checkAddress(JsonObject object, Findings findings) {
        String name = object.text("metadata", "name");
        if (!name.isEmpty() && !Formats.isIp(name)) {
            findings.invalid(FieldPath.of("metadata").child("name"), name, BAD_ADDRESS);
        }
        JsonObject parent = object.object("spec", "parentRef");
        if (parent.isEmpty()) {
            findings.required(SPEC.child("parentRef"), "");
            return;
        }
        findings.present(parent, SPEC.child("parentRef"), "resource");
        findings.present(parent, SPEC.child("parentRef"), "name");
    }

    static void checkAddressUpdate(JsonObject before, JsonObject after, Findings findings) {
        findings.immutable(SPEC.child("parentRef"), before.at("spec", "parentRef"), after.at("spec", "parentRef"));
    }

    static void checkServiceRange(JsonObject object, Findings findings) {
        var ranges = object.array("spec", "cidrs").texts();
        FieldPath path = SPEC.child("cidrs");
        if (ranges.isEmpty()) {
            findings.required(path, "at least one CIDR required");
        } else if (ranges.size() > 2) {
            findings.invalid(path, object.at("spec", "cidrs"), "may only hold up to 2 values");
        }
        for (int i = 0; i < ranges.size(); i++) {
            range(ranges.get(i), path.index(i), findings);
        }
    }

    static void checkServiceRangeUpdate(JsonObject before, JsonObject after, Findings findings) {
        findings.immutable(SPEC.child("cidrs"), before.at("spec", "cidrs"), after.at("spec", "cidrs"));
    }
}
