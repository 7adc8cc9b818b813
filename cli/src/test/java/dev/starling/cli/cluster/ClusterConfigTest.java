package dev.starling.cli.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ClusterConfigTest {
    private static final String HEAD = """
            apiVersion: eksctl.io/v1alpha5
            kind: ClusterConfig
            metadata:
              name: web
              region: us-west-2
            """;
    private static final String PROFILE = """
            fargateProfiles:
              - name: fp-dev
                selectors:
                  - namespace: dev
            """;

    static Stream<Arguments> faults() {
        return Stream.of(
            fault(HEAD + "fargateProfile: []\n",
                    "c.yaml:6: fargateProfile: unknown key; did you mean fargateProfiles?"),
            fault(HEAD + PROFILE + "        lables: {a: b}\n",
                    "c.yaml:10: fargateProfiles[0].selectors[0].lables: unknown key; did you mean labels?"),
            fault(HEAD + PROFILE + "    podExecutionRole: x\n",
                    "c.yaml:10: fargateProfiles[0].podExecutionRole: unknown key"),
            fault(HEAD + "  version: 1.30\n", "c.yaml:6: metadata.version: must be a string: put it in quotes"),
            fault(HEAD + "  zone: a\n", "c.yaml:6: metadata.zone: unknown key"),
            fault(HEAD + "  rollbackConfig: {timeoutMinutes: soon}\n",
                    "c.yaml:6: metadata.rollbackConfig.timeoutMinutes: must be a whole number"),
            fault(HEAD + "fargateProfiles: {name: a}\n", "c.yaml:6: fargateProfiles: must be a list"),
            fault(HEAD + "fargateProfiles: [fp]\n", "c.yaml:6: fargateProfiles[0]: must be a map"),
            fault(HEAD + PROFILE.replace("fp-dev", "eks-dev"),
                    "c.yaml:7: fargateProfiles[0].name: must not start with eks-, which is reserved"),
            fault(HEAD + PROFILE.replace("fp-dev", "''"), "c.yaml:7: fargateProfiles[0].name: must not be empty"),
            fault(HEAD + "fargateProfiles:\n  - name: fp\n",
                    "c.yaml:7: fargateProfiles[0].selectors: at least one selector is needed"),
            fault(HEAD + PROFILE + "      - namespace: x\n".repeat(5),
                    "c.yaml:8: fargateProfiles[0].selectors: at most 5 selectors are allowed, not 6"),
            fault(HEAD + PROFILE + "      - labels: {a: b}\n",
                    "c.yaml:10: fargateProfiles[0].selectors[1].namespace: is required"),
            fault(HEAD + PROFILE + "      - namespace: Dev\n",
                    "c.yaml:10: fargateProfiles[0].selectors[1].namespace: must be a namespace's name, in which * and "
                    + "? may stand for letters"),
            fault(HEAD + PROFILE + "      - namespace: x\n        labels: {on: true}\n",
                    "c.yaml:11: fargateProfiles[0].selectors[1].labels.on: must be a string: put it in quotes"),
            fault(HEAD + PROFILE + PROFILE.substring(PROFILE.indexOf('\n') + 1),
                    "c.yaml:10: fargateProfiles[1].name: another profile is named fp-dev"),
            fault(HEAD + PROFILE + "outpost: {}\n",
                    "c.yaml:10: outpost: Fargate profiles are not supported on Outposts"),
            fault(HEAD.replace("name: web", "name: 1web"),
                    "c.yaml:4: metadata.name: must begin with a letter and be letters, digits and -, at most 100"),
            fault(HEAD.replace("  region: us-west-2\n", ""), "c.yaml:3: metadata.region: is required"),
            fault(HEAD.replace("v1alpha5", "v1alpha4"),
                    "c.yaml:1: apiVersion: must be eksctl.io/v1alpha5, not eksctl.io/v1alpha4"),
            fault(HEAD.replace("ClusterConfig", "Pod"), "c.yaml:2: kind: must be ClusterConfig, not Pod"),
            fault("apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\n", "c.yaml:1: metadata: is required"),
            fault(HEAD + "vpc: {}\nvpc: {}\n", "c.yaml: yaml: line 7: found duplicate key vpc"),
            fault(HEAD + "---\n" + HEAD, "c.yaml: one ClusterConfig is expected, not 2 documents"),
            fault("", "c.yaml: one ClusterConfig is expected, not 0 documents"),
            fault("- a\n", "c.yaml:1: a ClusterConfig is a map with apiVersion, kind, metadata"));
    }

    private static Arguments fault(String text, String line) {
        return Arguments.of(text, line);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void refusesWithTheLine(String text, String line) {
        var refusal = assertThrows(ConfigException.class, () -> ClusterConfig.read(text, "c.yaml"));
        assertEquals(List.of(line), refusal.lines());
    }

    @Test
    void tellsOfEveryFault() {
        var refusal = assertThrows(ConfigException.class,
                () -> ClusterConfig.read(HEAD + "  zone: a\nnodes: 3\n", "c.yaml"));
        assertEquals(List.of("c.yaml:6: metadata.zone: unknown key", "c.yaml:7: nodes: unknown key"),
                refusal.lines());
    }

    @ParameterizedTest
    @ValueSource(strings = {"upgradePolicy", "kubernetesNetworkConfig", "autoModeConfig", "remoteNetworkConfig", "iam",
        "iamIdentityMappings", "identityProviders", "accessConfig", "vpc", "addons", "addonsConfig", "privateCluster",
        "availabilityZones", "localZones", "cloudWatch", "secretsEncryption", "gitops", "outpost",
        "controlPlaneScalingConfig", "zonalShiftConfig", "kubeAPIServerConfig", "kubeSchedulerConfig",
        "kubeControllerManagerConfig", "capabilities"})
    void keepsWhatEksctlKnowsAndSaysThatItHasNoEffect(String key) {
        var config = ClusterConfig.read(HEAD + key + ": {a: [1, x]}\n", "c.yaml");
        assertEquals(List.of("c.yaml:6: " + key + ": is kept, and has no effect here"), config.warnings());
        assertEquals(HEAD + key + ": {a: [1, x]}\n", config.text());
        assertTrue(config.tree().has(key));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nodeGroups", "managedNodeGroups", "karpenter"})
    void saysThatThereAreNoNodesToManage(String key) {
        assertEquals(List.of("c.yaml:6: " + key + ": there are no nodes to manage; pods run where a Fargate profile "
                + "selects them"), ClusterConfig.read(HEAD + key + ": []\n", "c.yaml").warnings());
    }

    @Test
    void readsEveryFieldOfAProfile() {
        var config = ClusterConfig.read(HEAD + """
                fargateProfiles:
                  - name: fp-dev
                    podExecutionRoleARN: arn:aws:iam::111122223333:role/pods
                    subnets: [subnet-aaaa, subnet-bbbb]
                    selectors: [{namespace: "dev-*", labels: {env: dev, checks: "pass?d"}}]
                    tags: {env: dev}
                    status: ACTIVE
                """, "c.yaml");
        assertEquals(List.of(new FargateProfile("fp-dev", "arn:aws:iam::111122223333:role/pods",
                List.of(new FargateProfile.Selector("dev-*", Map.of("env", "dev", "checks", "pass?d"))),
                List.of("subnet-aaaa", "subnet-bbbb"), Map.of("env", "dev"))), config.profiles());
        assertEquals(2, config.warnings().size());
    }

    @Test
    void addsTheDefaultProfileOnlyWhereThereIsNone() {
        var made = ClusterConfig.named("web", "local").withDefaultProfile();
        assertEquals(List.of(FargateProfile.byDefault()), made.profiles());
        assertEquals(made.profiles(), ClusterConfig.read(made.text(), "made").profiles());
        var given = ClusterConfig.read(HEAD + PROFILE, "c.yaml");
        assertEquals(given, given.withDefaultProfile());
    }

    @Test
    void findsTheFieldsInWhichProfilesDiffer() {
        var one = FargateProfile.byDefault();
        assertEquals(List.of(), one.differences(FargateProfile.from(one.object())));
        var other = new FargateProfile(one.name(), "", one.selectors().subList(0, 1), List.of(), Map.of("a", "b"));
        assertEquals(List.of("selectors", "tags"), one.differences(other));
    }
}
