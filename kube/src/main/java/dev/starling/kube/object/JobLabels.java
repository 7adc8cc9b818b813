package dev.starling.kube.object;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.util.Map;

/** The labels by which a Job knows its pods, as the API server sets them when a Job is created. */
public final class JobLabels {
    public static final String UID = "batch.kubernetes.io/controller-uid";
    public static final String NAME = "batch.kubernetes.io/job-name";

    private JobLabels() {
    }

    /**
     * A new Job, which must have its uid, with the selector and the template labels that the server generates;
     * unchanged if it has {@code manualSelector: true}.
     */
    public static KubeObject generated(KubeObject job) {
        if (job.spec().flag("manualSelector")) {
            return job;
        }
        var labels = JsonObject.builder().putAll(job.spec().object("template", "metadata", "labels"));
        of(job).forEach((name, value) -> labels.put(name, (Object) value));
        var selector = job.spec().object("selector", "matchLabels").with(UID, new JsonString(job.uid()));
        return job.with(labels.build(), "spec", "template", "metadata", "labels")
                .with(selector, "spec", "selector", "matchLabels");
    }

    /** The labels of a Job's pods, in today's and in the older spelling. */
    public static Map<String, String> of(KubeObject job) {
        return Map.of(UID, job.uid(), NAME, job.name(), "controller-uid", job.uid(), "job-name", job.name());
    }
}
