package dev.starling.app.up;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.control.job.UnsupportedJob;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.List;

/** Refuses Jobs, and CronJobs that would make such Jobs, that ask for what the job controller can't do yet. */
final class JobSupport implements Admission {

    @Override
    public KubeObject admit(AdmissionRequest request) {
        if (request.creates(Kinds.JOBS)) {
            refuse("jobs.batch", request, UnsupportedJob.of(request.object().spec(), "spec"));
        } else if (writes(request)) {
            refuse("cronjobs.batch", request, UnsupportedJob.of(
                    request.object().spec().object("jobTemplate").object("spec"), "spec.jobTemplate.spec"));
        }
        return request.object();
    }

    private static boolean writes(AdmissionRequest request) {
        return request.key().type().equals(Kinds.CRON_JOBS) && request.key().subresource().isEmpty()
                && request.operation() != AdmissionRequest.Operation.DELETE;
    }

    private static void refuse(String type, AdmissionRequest request, List<String> refusals) {
        if (!refusals.isEmpty()) {
            throw ApiException.forbidden(type, request.object().name(), String.join("; ", refusals));
        }
    }
}
