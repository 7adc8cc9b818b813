package dev.starling.node.pod;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The one table of what a pod may ask for in Kubernetes but not yet here. The API server refuses such pods with these
 * texts, so that nothing is silently ignored. Pure.
 */
public final class Unsupported {
    private static final String SUFFIX = ": not supported yet by Starling";
    private static final Set<String> SAFE_SYSCTLS = Set.of("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range",
            "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start",
            "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes");
    /** Volumes of storage drivers are taken, too: their pods wait, as on every node that lacks the driver. */
    private static final Set<String> VOLUMES =
            Set.of("emptyDir", "configMap", "secret", "downwardAPI", "projected", "csi");

    private static final List<Rule> POD = List.of(
            when("hostNetwork", Json::flag), when("hostPID", Json::flag), when("hostIPC", Json::flag),
            when("shareProcessNamespace", Json::flag), when("hostUsers", value -> !value.flag()),
            when("setHostnameAsFQDN", Json::flag), filled("ephemeralContainers"),
            filled("readinessGates"), filled("resourceClaims"),
            filled("resources"), filled("hostnameOverride"), filled("workloadRef"),
            when("os", value -> value.object().text("name").equals("windows")));

    private static final List<Rule> CONTAINER = List.of(
            filled("lifecycle"), filled("resizePolicy"), filled("volumeDevices"), filled("restartPolicyRules"));

    private static final List<Rule> SECURITY = List.of(
            when("privileged", Json::flag), filled("seLinuxOptions"), filled("windowsOptions"),
            when("seccompProfile", value -> !value.object().text("type").equals("RuntimeDefault")),
            when("appArmorProfile", value -> !value.object().text("type").equals("Unconfined")),
            when("procMount", value -> !value.text().isEmpty() && !value.text().equals("Default")),
            when("supplementalGroupsPolicy", value -> value.text().equals("Strict")));

    private final List<String> refusals = new ArrayList<>();

    private Unsupported() {
    }

    /** A field that is refused where it has a value of some form. */
    private record Rule(String field, Predicate<Json> refused) {
    }

    private static Rule when(String field, Predicate<Json> refused) {
        return new Rule(field, refused);
    }

    private static Rule filled(String field) {
        return new Rule(field, value -> !value.text().isEmpty() || !value.object().isEmpty()
                || !value.array().isEmpty());
    }

    /** One line for each thing that is asked for and can't be done; empty for a pod that can run. */
    public static List<String> of(JsonObject podSpec) {
        var unsupported = new Unsupported();
        unsupported.check("spec", podSpec, POD);
        unsupported.network(podSpec);
        unsupported.security("spec.securityContext", podSpec.object("securityContext"));
        unsupported.containers("initContainers", podSpec, true);
        unsupported.containers("containers", podSpec, false);
        unsupported.volumes(podSpec);
        return List.copyOf(unsupported.refusals);
    }

    /** One line for each change of a pod that is there and that can't be done; empty for a change that can. */
    public static List<String> of(JsonObject before, JsonObject after) {
        var unsupported = new Unsupported();
        if (!before.array("ephemeralContainers").equals(after.array("ephemeralContainers"))) {
            unsupported.refuse("spec.ephemeralContainers");
        }
        for (String list : List.of("initContainers", "containers")) {
            var old = before.array(list).objects();
            var now = after.array(list).objects();
            for (int i = 0; i < Math.min(old.size(), now.size()); i++) {
                if (!old.get(i).at("resources").equals(now.get(i).at("resources"))) {
                    unsupported.refusals.add("spec." + list + "[" + i + "].resources: a change of a pod that is there"
                            + " is not supported yet by Starling");
                }
            }
        }
        return List.copyOf(unsupported.refusals);
    }

    /**
     * One line for each thing that a pod may ask for, because nothing is lost by running it, and that is not enforced
     * yet. Whoever runs the pod says so.
     */
    public static List<String> unenforced(JsonObject podSpec) {
        var lines = new ArrayList<String>();
        for (String field : List.of("initContainers", "containers")) {
            for (var container : podSpec.array(field).objects()) {
                if (container.object("resources", "limits").has(Resources.STORAGE)) {
                    lines.add("The limit of container " + container.text("name") + " on " + Resources.STORAGE
                            + " is not enforced yet by Starling; its request counts for scheduling");
                }
            }
        }
        return lines;
    }

    private void check(String path, JsonObject object, List<Rule> rules) {
        for (var rule : rules) {
            var value = object.at(rule.field());
            if (!value.isNull() && rule.refused().test(value)) {
                refuse(path + "." + rule.field());
            }
        }
    }

    private void refuse(String path) {
        refusals.add(path + SUFFIX);
    }

    private void network(JsonObject spec) {
        boolean own = spec.text("dnsPolicy").equals("None");
        if (!own && !spec.object("dnsConfig").isEmpty()) {
            refusals.add("spec.dnsConfig: supported yet by Starling only with dnsPolicy None");
        }
    }

    private void security(String path, JsonObject security) {
        check(path, security, SECURITY);
        var sysctls = security.array("sysctls").objects();
        for (int i = 0; i < sysctls.size(); i++) {
            if (!SAFE_SYSCTLS.contains(sysctls.get(i).text("name"))) {
                refuse(path + ".sysctls[" + i + "].name");
            }
        }
    }

    private void containers(String field, JsonObject spec, boolean init) {
        var containers = spec.array(field).objects();
        for (int i = 0; i < containers.size(); i++) {
            String path = "spec." + field + "[" + i + "]";
            var container = containers.get(i);
            check(path, container, CONTAINER);
            if (container.has("restartPolicy")) {
                refuse(path + ".restartPolicy");
            }
            security(path + ".securityContext", container.object("securityContext"));
            ports(path, container);
            mounts(path, container);
            env(path, container);
            resources(path, container);
            if (!init) {
                probes(path, container);
            }
        }
    }

    private void ports(String path, JsonObject container) {
        var ports = container.array("ports").objects();
        for (int i = 0; i < ports.size(); i++) {
            if (ports.get(i).at("hostPort").number(0) > 0) {
                refuse(path + ".ports[" + i + "].hostPort");
            }
        }
    }

    private void mounts(String path, JsonObject container) {
        var mounts = container.array("volumeMounts").objects();
        for (int i = 0; i < mounts.size(); i++) {
            String propagation = mounts.get(i).text("mountPropagation");
            if (!propagation.isEmpty() && !propagation.equals("None")) {
                refuse(path + ".volumeMounts[" + i + "].mountPropagation");
            }
            String recursive = mounts.get(i).text("recursiveReadOnly");
            if (recursive.equals("Enabled")) {
                refuse(path + ".volumeMounts[" + i + "].recursiveReadOnly");
            }
        }
    }

    private void env(String path, JsonObject container) {
        var env = container.array("env").objects();
        for (int i = 0; i < env.size(); i++) {
            if (env.get(i).object("valueFrom").has("fileKeyRef")) {
                refuse(path + ".env[" + i + "].valueFrom.fileKeyRef");
            }
            resource(path + ".env[" + i + "].valueFrom", env.get(i).object("valueFrom"));
        }
    }

    private void resource(String path, JsonObject source) {
        String resource = source.text("resourceFieldRef", "resource");
        if (!resource.isEmpty() && !resource.endsWith(".cpu") && !resource.endsWith(".memory")) {
            refuse(path + ".resourceFieldRef.resource");
        }
    }

    private void resources(String path, JsonObject container) {
        for (String side : List.of("requests", "limits")) {
            for (String resource : container.object("resources", side).names()) {
                if (!Resources.KNOWN.contains(resource) && !isExtended(resource)) {
                    refuse(path + ".resources." + side + "[" + resource + "]");
                }
            }
        }
        if (!container.array("resources", "claims").isEmpty()) {
            refuse(path + ".resources.claims");
        }
    }

    /** What only some nodes have, such as a device: the scheduler lets a pod wait for such a node. */
    private static boolean isExtended(String resource) {
        return resource.contains("/") && !resource.contains("kubernetes.io/");
    }

    private void probes(String path, JsonObject container) {
        for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
            if (container.object(probe).has("grpc")) {
                refuse(path + "." + probe + ".grpc");
            }
        }
    }

    private void volumes(JsonObject spec) {
        var volumes = spec.array("volumes").objects();
        for (int i = 0; i < volumes.size(); i++) {
            String path = "spec.volumes[" + i + "]";
            var volume = volumes.get(i);
            for (String field : volume.names()) {
                if (!field.equals("name") && !VOLUMES.contains(field) && !volume.at(field).isNull()) {
                    refuse(path + "." + field);
                }
            }
            String medium = volume.text("emptyDir", "medium");
            if (medium.startsWith("HugePages")) {
                refuse(path + ".emptyDir.medium");
            }
            var sources = volume.array("projected", "sources").objects();
            for (int j = 0; j < sources.size(); j++) {
                projected(path + ".projected.sources[" + j + "]", sources.get(j));
            }
        }
    }

    private void projected(String path, JsonObject source) {
        for (String field : List.of("clusterTrustBundle", "podCertificate")) {
            if (source.has(field)) {
                refuse(path + "." + field);
            }
        }
    }
}
