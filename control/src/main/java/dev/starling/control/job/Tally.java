package dev.starling.control.job;

import dev.starling.control.workload.Pods;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts each ended pod exactly once, across restarts. An ended pod that still has its finalizer goes into the status
 * as uncounted; once that is stored its finalizer is taken away; once that is seen it moves from the list into the
 * counter, both in one write (source: KEP-2307). The succeeded pods of an Indexed Job are counted by their index.
 *
 * @param succeeded how many pods are known to have succeeded, uncounted ones included
 * @param failed likewise
 * @param released pods whose finalizer may go as soon as the status is stored
 */
record Tally(long countedSucceeded, long countedFailed, List<String> succeededUids, List<String> failedUids,
        Indexes indexes, boolean indexed, List<KubeObject> released) {
    /** The most pods that one pass takes into the status. */
    private static final int MOST_UNCOUNTED = 500;

    static Tally of(KubeObject job, List<KubeObject> pods) {
        var status = job.status();
        var present = new HashMap<String, KubeObject>();
        pods.stream().filter(JobPods::tracked).forEach(pod -> present.put(pod.uid(), pod));
        var succeeded = new ArrayList<>(status.array("uncountedTerminatedPods", "succeeded").texts());
        var failed = new ArrayList<>(status.array("uncountedTerminatedPods", "failed").texts());
        long countedSucceeded = status.at("succeeded").number(0) + drain(succeeded, present);
        long countedFailed = status.at("failed").number(0) + drain(failed, present);
        var released = new ArrayList<KubeObject>();
        boolean indexed = job.spec().text("completionMode").equals("Indexed");
        int completions = (int) job.spec().at("completions").number(0);
        var indexes = Indexes.parse(indexed ? status.text("completedIndexes") : "", completions);
        for (var pod : present.values()) {
            if (released.size() >= MOST_UNCOUNTED) {
                break;
            }
            if (JobPods.succeeded(pod)) {
                int index = JobPods.index(pod);
                if (indexed && index >= 0 && index < completions) {
                    indexes.bits().set(index);
                } else if (!indexed) {
                    add(succeeded, pod);
                }
                released.add(pod);
            } else if (JobPods.failed(pod)) {
                add(failed, pod);
                released.add(pod);
            }
        }
        return new Tally(countedSucceeded, countedFailed, List.copyOf(succeeded), List.copyOf(failed),
                indexes, indexed, List.copyOf(released));
    }

    private static void add(List<String> uids, KubeObject pod) {
        if (!uids.contains(pod.uid())) {
            uids.add(pod.uid());
        }
    }

    /** Takes out those whose finalizer is gone, and says how many they were. */
    private static int drain(List<String> uids, Map<String, KubeObject> present) {
        int before = uids.size();
        uids.removeIf(uid -> !present.containsKey(uid));
        return before - uids.size();
    }

    long succeeded() {
        return indexed ? indexes.count() : countedSucceeded + succeededUids.size();
    }

    long failed() {
        return countedFailed + failedUids.size();
    }

    boolean settled() {
        return succeededUids.isEmpty() && failedUids.isEmpty();
    }

    /** The fields of a status that this fills. */
    void into(JsonObject.Builder status) {
        long shown = indexed ? indexes.count() : countedSucceeded;
        if (shown != 0) {
            status.put("succeeded", shown);
        }
        if (countedFailed != 0) {
            status.put("failed", countedFailed);
        }
        if (indexed) {
            status.putText("completedIndexes", indexes.toString());
        }
        var uncounted = JsonObject.builder();
        if (!succeededUids.isEmpty()) {
            uncounted.put("succeeded", JsonArray.strings(succeededUids));
        }
        if (!failedUids.isEmpty()) {
            uncounted.put("failed", JsonArray.strings(failedUids));
        }
        status.put("uncountedTerminatedPods", uncounted.build());
    }

    /** Pods that run, or will. */
    static List<KubeObject> active(List<KubeObject> pods) {
        return pods.stream().filter(Pods::active).toList();
    }

    /** Pods that are being deleted and have not ended yet. */
    static long terminating(List<KubeObject> pods) {
        return pods.stream().filter(pod -> pod.deleting() && !Pods.terminal(pod)).count();
    }
}
