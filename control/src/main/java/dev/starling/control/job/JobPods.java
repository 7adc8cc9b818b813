package dev.starling.control.job;

import dev.starling.control.workload.PodTemplate;
import dev.starling.control.workload.Pods;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a Job needs to know of its pods, and how it makes them. Pure. */
final class JobPods {
    /** Keeps a pod until its end is counted. */
    static final String FINALIZER = "batch.kubernetes.io/job-tracking";
    static final String INDEX = "batch.kubernetes.io/job-completion-index";
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private JobPods() {
    }

    static boolean tracked(KubeObject pod) {
        return pod.finalizers().contains(FINALIZER);
    }

    static boolean succeeded(KubeObject pod) {
        return Pods.phase(pod).equals("Succeeded");
    }

    /** A pod that is being deleted will not succeed any more: it counts as failed, and is replaced at once. */
    static boolean failed(KubeObject pod) {
        return Pods.phase(pod).equals("Failed") || pod.deleting() && !succeeded(pod);
    }

    /** −1 for a pod without an index. */
    static int index(KubeObject pod) {
        String text = pod.annotations().getOrDefault(INDEX, "");
        return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1;
    }

    /** How often the containers of pods that restart in place have failed. */
    static long restarts(KubeObject pod) {
        return Stream.of("containerStatuses", "initContainerStatuses")
                .flatMap(field -> pod.status().array(field).objects().stream())
                .mapToLong(c -> c.at("restartCount").number(0)).sum();
    }

    private static Instant ended(KubeObject pod) {
        return Stream.of("containerStatuses", "initContainerStatuses")
                .flatMap(field -> pod.status().array(field).objects().stream())
                .flatMap(c -> Times.parse(c.text("state", "terminated", "finishedAt")).stream())
                .max(Instant::compareTo)
                .or(pod::deletionTimestamp).or(pod::created).orElse(Instant.EPOCH);
    }

    /**
     * When pods may be made again: after the n-th failure since the last success, 10 s · 2ⁿ⁻¹ after the newest of
     * them, at most 10 minutes. It follows from the pods that are there, so it survives a restart.
     */
    static Optional<Instant> restUntil(List<KubeObject> pods) {
        var lastSuccess = pods.stream().filter(JobPods::succeeded).map(JobPods::ended).max(Instant::compareTo);
        var failures = pods.stream().filter(JobPods::failed).map(JobPods::ended)
                .filter(at -> lastSuccess.isEmpty() || at.isAfter(lastSuccess.get()))
                .sorted(Comparator.reverseOrder()).toList();
        if (failures.isEmpty()) {
            return Optional.empty();
        }
        var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures.size() - 1, 10));
        return Optional.of(failures.getFirst().plus(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE));
    }

    /** A new pod of a Job. */
    static KubeObject pod(KubeObject job) {
        var pod = PodTemplate.of(job).podOf(job);
        var labels = JsonObject.builder().putAll(pod.metadata().object("labels"));
        if (!job.spec().flag("manualSelector")) {
            JobLabels.of(job).forEach((name, value) -> labels.put(name, (Object) value));
        }
        var finalizers = new ArrayList<>(pod.finalizers());
        finalizers.add(FINALIZER);
        return pod.with(labels.build(), "metadata", "labels")
                .with(JsonArray.strings(finalizers), "metadata", "finalizers");
    }

    /** A new pod of an Indexed Job: its index stands in its name, host name, labels, annotations and environment. */
    static KubeObject pod(KubeObject job, int index) {
        Json text = new JsonString(Integer.toString(index));
        var pod = pod(job).with(text, "metadata", "annotations", INDEX).with(text, "metadata", "labels", INDEX)
                .with(job.name() + "-" + index + "-", "metadata", "generateName");
        if (pod.spec().text("hostname").isEmpty()) {
            pod = pod.with(job.name() + "-" + index, "spec", "hostname");
        }
        for (String field : List.of("containers", "initContainers")) {
            if (!pod.spec().array(field).isEmpty()) {
                pod = pod.with(JsonArray.of(pod.spec().array(field).objects().stream()
                        .map(container -> (Json) withIndex(container)).toList()), "spec", field);
            }
        }
        return pod;
    }

    private static JsonObject withIndex(JsonObject container) {
        boolean named = container.array("env").objects().stream()
                .anyMatch(variable -> variable.text("name").equals("JOB_COMPLETION_INDEX"));
        var source = JsonObject.of("fieldRef", JsonObject.of("fieldPath", "metadata.labels['" + INDEX + "']"));
        return named ? container : container.with("env", container.array("env")
                .plus(JsonObject.of("name", "JOB_COMPLETION_INDEX", "valueFrom", source)));
    }
}
