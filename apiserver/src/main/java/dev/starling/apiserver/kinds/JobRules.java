package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.KindRules;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.KubeObject;
import java.util.Map;
import java.util.function.Function;

/** Jobs select their pods by their own uid, unless they say that they select by hand. */
final class JobRules implements KindRules {
    private static final String CONTROLLER_UID = "controller-uid";
    private static final String JOB_NAME = "job-name";
    private static final String PREFIX = "batch.kubernetes.io/";

    @Override
    public boolean hasStatus() {
        return true;
    }

    @Override
    public boolean hasGeneration() {
        return true;
    }

    @Override
    public KubeObject prepareForCreate(KubeObject given) {
        var job = Traits.withStatus(given);
        if (job.spec().flag("manualSelector")) {
            return job;
        }
        var labels = job.spec().object("template", "metadata", "labels");
        for (String prefix : new String[] {"", PREFIX}) {
            labels = labels.with(prefix + CONTROLLER_UID, new JsonString(job.uid()))
                    .with(prefix + JOB_NAME, new JsonString(job.name()));
        }
        var selector = job.spec().object("selector", "matchLabels")
                .with(PREFIX + CONTROLLER_UID, new JsonString(job.uid()));
        return job.with(labels, "spec", "template", "metadata", "labels")
                .with(job.spec().object("selector").with("matchLabels", selector), "spec", "selector");
    }

    /** As {@code batch/v1} always did. */
    @Override
    public boolean orphansByDefault() {
        return true;
    }

    @Override
    public String orphaningWarning() {
        return "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove "
                + "them or set propagationPolicy=Orphan to suppress this warning";
    }

    @Override
    public Map<String, Function<KubeObject, String>> selectable() {
        return Map.of("status.successful", Fields.orElse("0", "status.succeeded"));
    }
}
