package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/** Jobs and CronJobs. */
final class JobValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    /** A CronJob adds eleven characters to its name for that of a Job, which is a label. */
    private static final int CRON_NAME_LIMIT = 52;
    private static final List<String> CHANGEABLE_WHEN_SUSPENDED =
            List.of("affinity", "nodeSelector", "tolerations", "schedulingGates");

    private JobValidation() {
    }

    static void checkJob(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        checkSpec(spec, SPEC, findings);
        if (spec.at("selector").isNull()) {
            findings.required(SPEC.child("selector"), "");
        } else {
            SelectorValidation.check(spec.object("selector"), SPEC.child("selector"), findings);
            SelectorValidation.checkMatches(spec, SPEC, findings);
        }
    }

    private static void checkSpec(JsonObject spec, FieldPath path, Findings findings) {
        findings.notNegative(spec, path, "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit",
                "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes");
        boolean indexed = spec.text("completionMode").equals("Indexed");
        if (indexed && spec.at("completions").isNull()) {
            findings.required(path.child("completions"), "when completion mode is Indexed");
        }
        if (!indexed && spec.has("backoffLimitPerIndex")) {
            findings.invalid(path.child("backoffLimitPerIndex"), spec.at("backoffLimitPerIndex"),
                    "requires indexed completion mode");
        }
        FieldPath template = path.child("template");
        PodValidation.checkTemplate(spec.object("template"), template, findings);
        String restart = spec.text("template", "spec", "restartPolicy");
        if (restart.equals("Always") || restart.isEmpty()) {
            findings.required(template.child("spec", "restartPolicy"), "valid values: \"OnFailure\", \"Never\"");
        } else if (restart.equals("OnFailure") && spec.has("podFailurePolicy")) {
            findings.invalid(template.child("spec", "restartPolicy"), restart,
                    "only \"Never\" is supported when podFailurePolicy is specified");
        }
    }

    static void checkJobUpdate(JsonObject before, JsonObject after, Findings findings) {
        JsonObject old = before.object("spec");
        JsonObject spec = after.object("spec");
        boolean elastic = old.text("completionMode").equals("Indexed")
                && spec.at("completions").equals(spec.at("parallelism"));
        if (!elastic) {
            findings.immutable(SPEC.child("completions"), old.at("completions"), spec.at("completions"));
        }
        for (String field : List.of("selector", "completionMode", "podFailurePolicy", "backoffLimitPerIndex",
                "managedBy", "successPolicy")) {
            findings.immutable(SPEC.child(field), old.at(field), spec.at(field));
        }
        boolean notStarted = old.flag("suspend") && before.at("status", "startTime").isNull();
        Json template = old.at("template");
        findings.immutable(SPEC.child("template"),
                notStarted ? withScheduling(template.object(), spec.object("template")) : template,
                spec.at("template"));
    }

    /** A Job that has not started may still be told where to run. */
    private static JsonObject withScheduling(JsonObject template, JsonObject changed) {
        JsonObject pod = template.object("spec");
        for (String field : CHANGEABLE_WHEN_SUSPENDED) {
            Json value = changed.object("spec").at(field);
            pod = value.isNull() ? pod.without(field) : pod.with(field, value);
        }
        JsonObject allowed = template.with("spec", pod);
        Json metadata = changed.at("metadata");
        return metadata.isNull() ? allowed.without("metadata") : allowed.with("metadata", metadata);
    }

    static void checkCronJob(JsonObject object, Findings findings) {
        JsonObject spec = object.object("spec");
        String name = object.text("metadata", "name");
        if (name.length() > CRON_NAME_LIMIT) {
            findings.invalid(FieldPath.of("metadata").child("name"), name,
                    "must be no more than " + CRON_NAME_LIMIT + " characters");
        }
        schedule(spec, findings);
        findings.notNegative(spec, SPEC, "startingDeadlineSeconds", "successfulJobsHistoryLimit",
                "failedJobsHistoryLimit");
        FieldPath job = SPEC.child("jobTemplate", "spec");
        JsonObject template = spec.object("jobTemplate", "spec");
        MetadataValidation.check(spec.object("jobTemplate", "metadata"), SPEC.child("jobTemplate", "metadata"),
                findings);
        checkSpec(template, job, findings);
        if (template.has("selector")) {
            findings.invalid(job.child("selector"), template.at("selector"), "`selector` will be auto-generated");
        }
        if (template.flag("manualSelector")) {
            findings.supported(job.child("manualSelector"), "true", List.of("nil", "false"));
        }
    }

    private static void schedule(JsonObject spec, Findings findings) {
        FieldPath path = SPEC.child("schedule");
        String schedule = spec.text("schedule");
        Json zone = spec.at("timeZone");
        if (schedule.isEmpty()) {
            findings.required(path, "");
        } else if (schedule.contains("TZ=")) {
            findings.invalid(path, schedule, zone.isNull()
                    ? "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
                    : "cannot use both timeZone field and TZ or CRON_TZ in schedule");
        } else {
            CronSyntax.error(schedule).ifPresent(error -> findings.invalid(path, schedule, error));
        }
        if (zone != JsonNull.NULL) {
            zoneError(zone.text()).ifPresent(error -> findings.invalid(SPEC.child("timeZone"), zone, error));
        }
    }

    private static Optional<String> zoneError(String zone) {
        if (zone.isEmpty()) {
            return Optional.of("timeZone must be nil or non-empty string");
        }
        if (zone.equalsIgnoreCase("Local")) {
            return Optional.of("timeZone must be an explicit time zone as defined in "
                    + "https://www.iana.org/time-zones");
        }
        try {
            ZoneId.of(zone);
            return Optional.empty();
        } catch (DateTimeException e) {
            return Optional.of("unknown time zone " + zone);
        }
    }
}
