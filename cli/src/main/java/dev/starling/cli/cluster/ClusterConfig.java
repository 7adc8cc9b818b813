package dev.starling.cli.cluster;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.yaml.Yaml;
import dev.starling.kube.yaml.YamlLines;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * eksctl's {@code ClusterConfig} of {@code eksctl.io/v1alpha5}: every top-level key that eksctl knows, and the inner
 * shape of what means something here. The rest is kept as it stands, so that the file round-trips.
 *
 * @param tree the whole config
 * @param text the file as it was given
 * @param warnings one line each: what is kept without effect
 */
public record ClusterConfig(JsonObject tree, String text, List<FargateProfile> profiles, List<String> warnings) {
    private static final String API_VERSION = "eksctl.io/v1alpha5";
    private static final String KIND = "ClusterConfig";
    private static final Pattern NAME = Pattern.compile("[a-zA-Z][-a-zA-Z0-9]{0,99}");
    private static final Set<String> WITHOUT_NODES = Set.of("nodeGroups", "managedNodeGroups", "karpenter");
    private static final Set<String> UNDERSTOOD = Set.of("apiVersion", "kind", "metadata", "fargateProfiles");
    private static final Set<String> KEPT = Set.of("upgradePolicy", "kubernetesNetworkConfig", "autoModeConfig",
            "remoteNetworkConfig", "iam", "iamIdentityMappings", "identityProviders", "accessConfig", "vpc", "addons",
            "addonsConfig", "privateCluster", "availabilityZones", "localZones", "cloudWatch", "secretsEncryption",
            "gitops", "outpost", "controlPlaneScalingConfig", "zonalShiftConfig", "kubeAPIServerConfig",
            "kubeSchedulerConfig", "kubeControllerManagerConfig", "capabilities");
    private static final Shape SHAPE = shape();

    private static Shape shape() {
        var rollback = new Shape.Fields(Map.of("timeoutMinutes", Shape.WHOLE), Set.of());
        var metadata = new Shape.Fields(Map.of("name", Shape.TEXT, "region", Shape.TEXT, "version", Shape.TEXT,
                "forceUpdateVersion", Shape.ANY, "rollbackConfig", rollback, "tags", Shape.TEXTS,
                "annotations", Shape.TEXTS), Set.of("name", "region"));
        var selector = new Shape.Fields(Map.of("namespace", Shape.TEXT, "labels", Shape.TEXTS), Set.of());
        var profile = new Shape.Fields(Map.of("name", Shape.TEXT, "podExecutionRoleARN", Shape.TEXT,
                "selectors", new Shape.ListOf(selector), "subnets", new Shape.ListOf(Shape.TEXT),
                "tags", Shape.TEXTS, "status", Shape.TEXT), Set.of());
        var known = new HashMap<String, Shape>();
        Stream.concat(KEPT.stream(), WITHOUT_NODES.stream()).forEach(key -> known.put(key, Shape.ANY));
        known.put("apiVersion", Shape.TEXT);
        known.put("kind", Shape.TEXT);
        known.put("metadata", metadata);
        known.put("fargateProfiles", new Shape.ListOf(profile));
        return new Shape.Fields(known, Set.of("apiVersion", "kind", "metadata"));
    }

    public ClusterConfig {
        profiles = List.copyOf(profiles);
        warnings = List.copyOf(warnings);
    }

    public String name() {
        return tree.text("metadata", "name");
    }

    public String region() {
        return tree.text("metadata", "region");
    }

    /** Empty if the config asks for none. */
    public String version() {
        return tree.text("metadata", "version");
    }

    /** The config that flags ask for. */
    public static ClusterConfig named(String name, String region) {
        var tree = JsonObject.of("apiVersion", API_VERSION, "kind", KIND,
                "metadata", JsonObject.of("name", name, "region", region));
        var faults = new ArrayList<Fault>();
        checkName(name, faults);
        if (!faults.isEmpty()) {
            throw new ConfigException(List.of("--name " + faults.getFirst().message()));
        }
        return new ClusterConfig(tree, Yaml.write(tree), List.of(), List.of());
    }

    /** This config with {@link FargateProfile#byDefault}, if it has no profile. */
    public ClusterConfig withDefaultProfile() {
        if (!profiles.isEmpty()) {
            return this;
        }
        var added = List.of(FargateProfile.byDefault());
        var longer = tree.with("fargateProfiles", FargateProfile.list(added));
        return new ClusterConfig(longer, Yaml.write(longer), added, warnings);
    }

    /**
     * Reads a file strictly.
     *
     * @param source the file's name, for messages
     * @throws ConfigException with each fault and its line
     */
    public static ClusterConfig read(String text, String source) {
        var tree = onlyDocument(text, source);
        var faults = new ArrayList<Fault>();
        SHAPE.check(tree, List.of(), faults);
        checkVersion(tree, faults);
        if (!tree.at("metadata", "name").isNull()) {
            checkName(tree.text("metadata", "name"), faults);
        }
        if (tree.at("metadata", "region") instanceof JsonString(var region) && region.isEmpty()) {
            faults.add(new Fault(List.of("metadata", "region"), "must not be empty"));
        }
        var profiles = tree.array("fargateProfiles").objects().stream().map(FargateProfile::from).toList();
        checkProfiles(tree, profiles, faults);
        var lines = YamlLines.of(text);
        if (!faults.isEmpty()) {
            throw new ConfigException(faults.stream().map(fault -> placed(fault, source, lines)).distinct().toList());
        }
        var warnings = warnings(tree).stream().map(fault -> placed(fault, source, lines)).toList();
        return new ClusterConfig(tree, text, profiles, warnings);
    }

    private static String placed(Fault fault, String source, YamlLines lines) {
        return source + ":" + Math.max(1, lines.at(fault.path())) + ": " + fault;
    }

    private static JsonObject onlyDocument(String text, String source) {
        List<Json> documents;
        try {
            documents = Yaml.documents(text);
        } catch (Yaml.YamlException e) {
            throw new ConfigException(List.of(source + ": " + e.getMessage()));
        }
        if (documents.size() != 1) {
            throw new ConfigException(List.of(source + ": one ClusterConfig is expected, not " + documents.size()
                    + " documents"));
        }
        if (!(documents.getFirst() instanceof JsonObject tree)) {
            throw new ConfigException(List.of(source + ":1: a ClusterConfig is a map with apiVersion, kind, metadata"));
        }
        return tree;
    }

    private static void checkVersion(JsonObject tree, List<Fault> faults) {
        if (tree.at("apiVersion") instanceof JsonString(var version) && !version.equals(API_VERSION)) {
            faults.add(new Fault(List.of("apiVersion"), "must be " + API_VERSION + ", not " + version));
        }
        if (tree.at("kind") instanceof JsonString(var kind) && !kind.equals(KIND)) {
            faults.add(new Fault(List.of("kind"), "must be " + KIND + ", not " + kind));
        }
    }

    private static void checkName(String name, List<Fault> faults) {
        if (!NAME.matcher(name).matches()) {
            faults.add(new Fault(List.of("metadata", "name"),
                    "must begin with a letter and be letters, digits and -, at most 100"));
        }
    }

    private static void checkProfiles(JsonObject tree, List<FargateProfile> profiles, List<Fault> faults) {
        for (var fault : FargateProfile.faults(profiles)) {
            var path = Stream.concat(Stream.of((Object) "fargateProfiles"), fault.path().stream()).toList();
            boolean known = faults.stream().anyMatch(other -> startsWith(other.path(), path)
                    || startsWith(path, other.path()));
            if (!known) {
                faults.add(new Fault(path, fault.message()));
            }
        }
        if (!profiles.isEmpty() && !tree.at("outpost").isNull()) {
            faults.add(new Fault(List.of("outpost"), "Fargate profiles are not supported on Outposts"));
        }
    }

    private static boolean startsWith(List<Object> path, List<Object> other) {
        return path.size() >= other.size() && path.subList(0, other.size()).equals(other);
    }

    private static List<Fault> warnings(JsonObject tree) {
        var warnings = new ArrayList<Fault>();
        for (String key : tree.names()) {
            if (WITHOUT_NODES.contains(key)) {
                warnings.add(new Fault(List.of(key), "there are no nodes to manage; pods run where a Fargate profile "
                        + "selects them"));
            } else if (!UNDERSTOOD.contains(key)) {
                warnings.add(new Fault(List.of(key), "is kept, and has no effect here"));
            }
        }
        var profiles = tree.array("fargateProfiles").objects();
        for (int i = 0; i < profiles.size(); i++) {
            for (String field : List.of("podExecutionRoleARN", "subnets")) {
                if (profiles.get(i).has(field)) {
                    warnings.add(new Fault(List.of("fargateProfiles", i, field), "is kept, and has no effect here"));
                }
            }
        }
        return warnings;
    }
}
