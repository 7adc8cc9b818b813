package dev.starling.node.pod;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A pod's object read with the node's eyes; absent fields read as the defaults of the API. */
public record PodView(KubeObject object) {
    /** The annotation by which the API server notes to the microsecond when a pod was asked for. */
    public static final String CREATED = "starling.dev/created";
    /** The annotations by which a pod's node records what the pod costs. */
    public static final String BILLING_START = "starling.dev/billing-start";
    public static final String BILLING_END = "starling.dev/billing-end";
    /** The annotation by which a pod's node records how long each stage of the start took. */
    public static final String RECEIPT = "starling.dev/receipt";
    private static final int LONGEST_HOSTNAME = 63;
    private static final String CLUSTER_DOMAIN = "cluster.local";
    private static final long DEFAULT_GRACE_SECONDS = 30;
    /** Sixty-eight years: more would overflow what times are counted in. */
    private static final long MOST_SECONDS = Integer.MAX_VALUE;

    /** {@code spec.restartPolicy}. */
    public enum RestartPolicy { ALWAYS, ON_FAILURE, NEVER }

    public JsonObject spec() {
        return object.spec();
    }

    public JsonObject status() {
        return object.status();
    }

    public String namespace() {
        return object.namespace();
    }

    public String name() {
        return object.name();
    }

    public String uid() {
        return object.uid();
    }

    /** {@code name_namespace(uid)}, as upstream's messages name a pod. */
    public String longName() {
        return name() + "_" + namespace() + "(" + uid() + ")";
    }

    public String nodeName() {
        return spec().text("nodeName");
    }

    public RestartPolicy restartPolicy() {
        return switch (spec().text("restartPolicy")) {
            case "OnFailure" -> RestartPolicy.ON_FAILURE;
            case "Never" -> RestartPolicy.NEVER;
            default -> RestartPolicy.ALWAYS;
        };
    }

    public List<ContainerView> initContainers() {
        return views("initContainers", true);
    }

    public List<ContainerView> containers() {
        return views("containers", false);
    }

    /** Init containers, then the others, in order. */
    public List<ContainerView> allContainers() {
        var all = new ArrayList<>(initContainers());
        all.addAll(containers());
        return all;
    }

    public Optional<ContainerView> container(String name) {
        return allContainers().stream().filter(c -> c.name().equals(name)).findFirst();
    }

    private List<ContainerView> views(String field, boolean init) {
        return spec().array(field).objects().stream().map(json -> new ContainerView(json, init)).toList();
    }

    /** The container that commands mean when they name none. */
    public String defaultContainer() {
        String annotated = object.annotations().getOrDefault("kubectl.kubernetes.io/default-container", "");
        return !annotated.isEmpty() ? annotated : containers().isEmpty() ? "" : containers().getFirst().name();
    }

    public boolean deleting() {
        return object.deleting();
    }

    /** What is left of the grace period at {@code now}; before deletion was asked for, all of it. */
    public Duration graceLeft(Instant now) {
        var deadline = object.deletionTimestamp();
        if (deadline.isPresent()) {
            var left = Duration.between(now, deadline.get());
            return left.isNegative() ? Duration.ZERO : left;
        }
        return Duration.ofSeconds(Math.min(MOST_SECONDS,
                spec().at("terminationGracePeriodSeconds").number(DEFAULT_GRACE_SECONDS)));
    }

    /** The hard end of a pod that started at {@code start}, if it has one. */
    public Optional<Instant> deadline(Instant start) {
        long seconds = spec().at("activeDeadlineSeconds").number(-1);
        return seconds < 0 ? Optional.empty() : Optional.of(start.plusSeconds(Math.min(MOST_SECONDS, seconds)));
    }

    public String hostname() {
        String asked = spec().text("hostname");
        String host = asked.isEmpty() ? name() : asked;
        String cut = host.length() > LONGEST_HOSTNAME ? host.substring(0, LONGEST_HOSTNAME) : host;
        return cut.replaceAll("[.-]+$", "");
    }

    /** What the pod's host name stands in; empty for a pod without {@code subdomain}. */
    public String domain() {
        String subdomain = spec().text("subdomain");
        return subdomain.isEmpty() ? "" : subdomain + "." + namespace() + ".svc." + CLUSTER_DOMAIN;
    }

    public String serviceAccount() {
        String account = spec().text("serviceAccountName");
        return account.isEmpty() ? "default" : account;
    }

    public List<JsonObject> volumes() {
        return spec().array("volumes").objects();
    }

    /** True once the API holds a terminal phase. */
    public boolean terminal() {
        String phase = status().text("phase");
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    /** The condition of a type, or the empty object. */
    public JsonObject condition(String type) {
        return status().array("conditions").objects().stream().filter(c -> c.text("type").equals(type))
                .findFirst().orElse(JsonObject.EMPTY);
    }

    /** The status of a container, of either kind, or the empty object. */
    public JsonObject containerStatus(String name) {
        for (String field : List.of("containerStatuses", "initContainerStatuses")) {
            for (var status : status().array(field).objects()) {
                if (status.text("name").equals(name)) {
                    return status;
                }
            }
        }
        return JsonObject.EMPTY;
    }
}
