package dev.starling.apiserver.table;

import static dev.starling.apiserver.table.Cell.age;

import dev.starling.apiserver.versions.AutoscalerVersions;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import dev.starling.kube.object.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The rows of what makes pods: deployments, replica sets, jobs, cron jobs and their autoscalers. */
final class WorkloadLayouts {
    private static final int SHOWN_METRICS = 2;
    private static final List<Column> POD_COLUMNS = List.of(Column.text("Containers").wide(),
            Column.text("Images").wide(), Column.text("Selector").wide());

    static final Layout DEPLOYMENT = Layout.of(with(List.of(Column.objectName(), Column.text("Ready"),
            Column.text("Up-to-date"), Column.text("Available"), Column.age())), (object, now) -> {
        var status = object.status();
        return with(List.of(object.name(),
                number(status, "readyReplicas") + "/" + object.spec().at("replicas").number(0),
                number(status, "updatedReplicas"), number(status, "availableReplicas"), age(object, now)), object);
    });

    static final Layout REPLICA_SET = Layout.of(with(List.of(Column.objectName(), Column.number("Desired"),
            Column.number("Current"), Column.number("Ready"), Column.age())), (object, now) ->
            with(List.of(object.name(), object.spec().at("replicas").number(0), number(object.status(), "replicas"),
                    number(object.status(), "readyReplicas"), age(object, now)), object));

    static final Layout JOB = Layout.of(with(List.of(Column.objectName(), Column.text("Status"),
            Column.text("Completions"), Column.text("Duration"), Column.age())), (object, now) ->
            with(List.of(object.name(), jobStatus(object), completions(object), jobDuration(object, now),
                    age(object, now)), object));

    static final Layout CRON_JOB = Layout.of(with(List.of(Column.objectName(), Column.text("Schedule"),
            Column.text("Timezone"), Column.flag("Suspend"), Column.number("Active"), Column.text("Last Schedule"),
            Column.age())), (object, now) -> with(cronJob(object, now), object.spec().object("jobTemplate", "spec")));

    static final Layout AUTOSCALER = Layout.of(List.of(Column.objectName(), Column.text("Reference"),
            Column.text("Targets"), Column.text("MinPods"), Column.text("MaxPods"), Column.text("Replicas"),
            Column.age()), (object, now) -> {
        var spec = object.spec();
        var target = spec.object("scaleTargetRef");
        return List.of(object.name(), target.text("kind") + "/" + target.text("name"), metrics(object),
                spec.at("minReplicas").isNull() ? Cell.UNSET : Long.toString(spec.at("minReplicas").number(0)),
                spec.at("maxReplicas").number(0), number(object.status(), "currentReplicas"), age(object, now));
    });

    static final Layout AUTOSCALER_V1 = Layout.of(AUTOSCALER.columns(), (object, now) ->
            AUTOSCALER.cells(KubeObject.of(AutoscalerVersions.v2(object.tree())), now));

    private WorkloadLayouts() {
    }

    private static long number(JsonObject json, String field) {
        return json.at(field).number(0);
    }

    private static List<Column> with(List<Column> columns) {
        return Stream.concat(columns.stream(), POD_COLUMNS.stream()).toList();
    }

    private static List<Object> with(List<Object> cells, KubeObject workload) {
        return with(cells, workload.spec());
    }

    private static List<Object> with(List<Object> cells, JsonObject spec) {
        var containers = spec.array("template", "spec", "containers").objects();
        var all = new ArrayList<>(cells);
        all.add(String.join(",", containers.stream().map(c -> c.text("name")).toList()));
        all.add(String.join(",", containers.stream().map(c -> c.text("image")).toList()));
        all.add(spec.at("selector").isNull() ? Cell.NONE : LabelSelector.from(spec.object("selector")).toString());
        return List.copyOf(all);
    }

    private static String jobStatus(KubeObject job) {
        var conditions = job.status().array("conditions").objects().stream()
                .filter(condition -> condition.text("status").equals("True")).map(c -> c.text("type")).toList();
        for (String ended : List.of("Complete", "Failed")) {
            if (conditions.contains(ended)) {
                return ended;
            }
        }
        if (job.deleting()) {
            return "Terminating";
        }
        return Stream.of("Suspended", "FailureTarget", "SuccessCriteriaMet").filter(conditions::contains).findFirst()
                .orElse("Running");
    }

    private static String completions(KubeObject job) {
        long succeeded = number(job.status(), "succeeded");
        long parallelism = number(job.spec(), "parallelism");
        if (!job.spec().at("completions").isNull()) {
            return succeeded + "/" + number(job.spec(), "completions");
        }
        return parallelism > 1 ? succeeded + "/1 of " + parallelism : succeeded + "/1";
    }

    private static String jobDuration(KubeObject job, Instant now) {
        var end = Times.parse(job.status().text("completionTime")).orElse(now);
        return Times.parse(job.status().text("startTime"))
                .map(start -> Cell.duration(Duration.between(start, end))).orElse("");
    }

    private static List<Object> cronJob(KubeObject job, Instant now) {
        var spec = job.spec();
        var last = Times.parse(job.status().text("lastScheduleTime"));
        return List.of(job.name(), spec.text("schedule"), Cell.orNone(spec.text("timeZone")),
                spec.at("suspend").isNull() ? Cell.UNSET : spec.flag("suspend") ? "True" : "False",
                job.status().array("active").size(), last.isEmpty() ? Cell.NONE : Cell.since(last, now),
                age(job, now));
    }

    private static String metrics(KubeObject autoscaler) {
        var wanted = autoscaler.spec().array("metrics").objects();
        var current = autoscaler.status().array("currentMetrics").objects();
        var texts = new ArrayList<String>();
        for (int i = 0; i < Math.min(wanted.size(), SHOWN_METRICS); i++) {
            texts.add(metric(wanted.get(i), i < current.size() ? current.get(i) : JsonObject.EMPTY));
        }
        String shown = String.join(", ", texts);
        int more = wanted.size() - SHOWN_METRICS;
        return wanted.isEmpty() ? Cell.NONE : more > 0 ? shown + " + " + more + " more..." : shown;
    }

    private static String metric(JsonObject wanted, JsonObject current) {
        String type = wanted.text("type");
        String field = type.isEmpty() ? "resource"
                : type.substring(0, 1).toLowerCase(Locale.ROOT) + type.substring(1);
        var metric = wanted.object(field);
        var target = metric.object("target");
        var now = current.object(field).object("current");
        boolean named = field.equals("resource") || field.equals("containerResource");
        boolean average = !named && !field.equals("pods") && !target.text("averageValue").isEmpty();
        String text = target.at("averageUtilization").isNull() ? values(now, target)
                : percent(now, "averageUtilization") + "/" + percent(target, "averageUtilization");
        return named ? metric.text("name") + ": " + text : average ? text + " (avg)" : text;
    }

    private static String values(JsonObject now, JsonObject target) {
        String field = target.text("averageValue").isEmpty() ? "value" : "averageValue";
        return (now.text(field).isEmpty() ? Cell.UNKNOWN : now.text(field)) + "/" + target.text(field);
    }

    private static String percent(JsonObject json, String field) {
        return json.at(field).isNull() ? Cell.UNKNOWN : number(json, field) + "%";
    }
}
