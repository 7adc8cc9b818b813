package dev.starling.control.job;

import dev.starling.kube.object.KubeObject;
import java.util.Map;

/** The labels by which a Job knows its pods. */
final class JobLabels {
    static final String UID = "batch.kubernetes.io/controller-uid";
    static final String NAME = "batch.kubernetes.io/job-name";

    private JobLabels() {
    }

    /** The labels of a Job's pods, in today's and in the older spelling. */
    static Map<String, String> of(KubeObject job) {
        return Map.of(UID, job.uid(), NAME, job.name(), "controller-uid", job.uid(), "job-name", job.name());
    }
}
