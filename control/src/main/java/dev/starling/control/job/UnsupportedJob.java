package dev.starling.control.job;

import dev.starling.kube.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What a Job may ask for in Kubernetes but not yet here, so that nothing is silently ignored. Pure. */
public final class UnsupportedJob {
    private static final List<String> FIELDS =
            List.of("podFailurePolicy", "successPolicy", "backoffLimitPerIndex", "maxFailedIndexes");
    private static final Set<String> OWN = Set.of("", "kubernetes.io/job-controller");

    private UnsupportedJob() {
    }

    /**
     * The refusals of a Job's spec; empty if it is supported.
     *
     * @param path where the spec stands: {@code spec}, or {@code spec.jobTemplate.spec}
     */
    public static List<String> of(JsonObject spec, String path) {
        var present = FIELDS.stream().filter(field -> !spec.at(field).isNull());
        var replacement = Stream.of("podReplacementPolicy").filter(field -> spec.text(field).equals("Failed"));
        var manager = Stream.of("managedBy").filter(field -> !OWN.contains(spec.text(field)));
        return Stream.of(present, replacement, manager).flatMap(fields -> fields)
                .map(field -> path + "." + field + ": Forbidden: not supported yet by Starling").toList();
    }
}
