package dev.starling.control.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.yaml.Yaml;
import java.util.List;
import org.junit.jupiter.api.Test;

final class UnsupportedJobTest {

    private static JsonObject spec(String yaml) {
        return Yaml.documents(yaml).getFirst().object();
    }

    @Test
    void refusesEveryFieldThatWouldBeIgnored() {
        assertEquals(List.of("spec.podFailurePolicy: Forbidden: not supported yet by Starling",
                "spec.successPolicy: Forbidden: not supported yet by Starling",
                "spec.backoffLimitPerIndex: Forbidden: not supported yet by Starling",
                "spec.maxFailedIndexes: Forbidden: not supported yet by Starling",
                "spec.podReplacementPolicy: Forbidden: not supported yet by Starling",
                "spec.managedBy: Forbidden: not supported yet by Starling"),
                UnsupportedJob.of(spec("{podFailurePolicy: {rules: []}, successPolicy: {}, backoffLimitPerIndex: 0, "
                        + "maxFailedIndexes: 1, podReplacementPolicy: Failed, managedBy: kueue.x-k8s.io/multikueue}"),
                        "spec"));
    }

    @Test
    void takesTheUsualValues() {
        assertEquals(List.of(), UnsupportedJob.of(spec("{backoffLimit: 3, completionMode: Indexed, "
                + "podReplacementPolicy: TerminatingOrFailed, managedBy: kubernetes.io/job-controller}"), "spec"));
    }
}
