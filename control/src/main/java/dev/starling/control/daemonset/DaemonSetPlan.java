package dev.starling.control.daemonset;

import dev.starling.control.scheduler.NodeFit.Verdict;
import dev.starling.control.workload.Pods;
import dev.starling.kube.object.KubeObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a DaemonSet has to do now: every node that fits gets one pod, others get none; once that is so, pods of an old
 * revision are replaced. Pure.
 */
final class DaemonSetPlan {
    /** The most pods that one pass creates or deletes. */
    private static final int BURST = 250;

    private final Image image;
    private final Function<String, Duration> rest;
    private final List<String> create = new ArrayList<>();
    private final List<KubeObject> delete = new ArrayList<>();
    private final List<KubeObject> ended = new ArrayList<>();
    private Optional<Duration> again = Optional.empty();

    /**
     * @param create the nodes that get a pod
     * @param ended those to delete that ended by themselves
     * @param again when to look again although nothing changes
     */
    record Result(List<String> create, List<KubeObject> delete, List<KubeObject> ended, Optional<Duration> again) {
        Result {
            create = List.copyOf(create);
            delete = List.copyOf(delete);
            ended = List.copyOf(ended);
        }
    }

    private DaemonSetPlan(Image image, Function<String, Duration> rest) {
        this.image = image;
        this.rest = rest;
    }

    /** @param rest how much longer a node rests on which pods of the set keep failing */
    static Result of(Image image, Function<String, Duration> rest) {
        var plan = new DaemonSetPlan(image, rest);
        image.fits().forEach(plan::settle);
        image.pods().forEach(plan::strayed);
        if (plan.create.isEmpty() && plan.delete.isEmpty() && image.rolling()) {
            plan.update();
        }
        image.pods().values().stream().flatMap(List::stream).filter(pod -> !image.available(pod))
                .flatMap(pod -> Pods.readySince(pod).stream())
                .map(since -> Duration.between(image.now(), since.plus(image.minReady()))).forEach(plan::lookAgain);
        var delete = first(plan.delete);
        return new Result(first(plan.create), delete, plan.ended.stream().filter(Set.copyOf(delete)::contains).toList(),
                plan.again);
    }

    private static <T> List<T> first(List<T> all) {
        return all.subList(0, Math.min(BURST, all.size()));
    }

    private void lookAgain(Duration after) {
        again = Optional.of(again.filter(soonest -> soonest.compareTo(after) < 0).orElse(after));
    }

    private void settle(String node, Verdict fit) {
        var pods = image.on(node);
        if (pods.isEmpty()) {
            if (fit == Verdict.FITS) {
                create.add(node);
            }
            return;
        }
        var going = pods.stream().filter(pod -> !pod.deleting()).toList();
        if (fit == Verdict.REFUSES) {
            delete.addAll(going);
            return;
        }
        going.stream().filter(Pods::terminal).forEach(pod -> end(node, pod));
        delete.addAll(spare(going.stream().filter(pod -> !Pods.terminal(pod)).toList()));
    }

    /** An ended pod makes room for the next one; where pods keep failing, each time later. */
    private void end(String node, KubeObject pod) {
        var left = Pods.phase(pod).equals("Failed") ? rest.apply(node) : Duration.ZERO;
        if (left.isPositive()) {
            lookAgain(left);
        } else {
            delete.add(pod);
            ended.add(pod);
        }
    }

    /** All but the first one; where new pods come beside the old ones, all but the first of each. */
    private List<KubeObject> spare(List<KubeObject> running) {
        if (image.maxSurge() == 0 || running.size() < 2) {
            return running.isEmpty() ? List.of() : running.subList(1, running.size());
        }
        var newest = running.stream().filter(image::updated).findFirst();
        var oldest = running.stream().filter(pod -> !image.updated(pod)).findFirst();
        boolean replaced = newest.isPresent() && oldest.isPresent()
                && (!Pods.ready(oldest.get()) || image.available(newest.get()));
        var kept = Stream.concat(newest.stream(), replaced ? Stream.of() : oldest.stream()).toList();
        return running.stream().filter(pod -> !kept.contains(pod)).toList();
    }

    /** Pods that wait for a node that is gone. */
    private void strayed(String node, List<KubeObject> pods) {
        if (!image.fits().containsKey(node)) {
            pods.stream().filter(pod -> Pods.node(pod).isEmpty() && !pod.deleting()).forEach(delete::add);
        }
    }

    /**
     * The pods of one node, as an update sees them.
     *
     * @param clear at most one of each, so that nothing has to be put in order first
     */
    private record Pair(String node, Optional<KubeObject> newest, Optional<KubeObject> oldest, boolean clear) {
    }

    private List<Pair> pairs() {
        return image.pods().entrySet().stream().map(on -> {
            var staying = on.getValue().stream().filter(pod -> !pod.deleting()).toList();
            var updated = staying.stream().filter(image::updated).toList();
            var old = staying.stream().filter(pod -> !image.updated(pod)).toList();
            return new Pair(on.getKey(), updated.stream().findFirst(), old.stream().findFirst(),
                    updated.size() <= 1 && old.size() <= 1);
        }).toList();
    }

    private void update() {
        if (image.maxSurge() == 0) {
            replace(pairs());
        } else {
            surge(pairs());
        }
    }

    /** Old pods that serve nobody go, and as many others as may be missing. */
    private void replace(List<Pair> pairs) {
        int missing = 0;
        var candidates = new ArrayList<KubeObject>();
        for (var pair : pairs) {
            boolean old = pair.clear() && pair.newest().isEmpty() && pair.oldest().isPresent();
            boolean serves = pair.clear() && pair.newest().or(pair::oldest).filter(image::available).isPresent()
                    && (pair.newest().isEmpty() || pair.oldest().isEmpty());
            missing += serves ? 0 : 1;
            if (old) {
                candidates.add(pair.oldest().get());
            }
        }
        int left = Math.max(0, image.maxUnavailable() - missing);
        candidates.sort(Comparator.comparing(image::available));
        for (var pod : candidates) {
            if (!image.available(pod)) {
                delete.add(pod);
            } else if (left-- > 0) {
                delete.add(pod);
            }
        }
    }

    /** New pods come beside old ones; those that serve nobody are replaced at once. */
    private void surge(List<Pair> pairs) {
        int under = 0;
        var candidates = new ArrayList<String>();
        for (var pair : pairs) {
            if (!pair.clear()) {
                under++;
            } else if (pair.oldest().isPresent() && pair.newest().isEmpty()) {
                beside(pair, candidates);
            } else if (pair.oldest().isPresent()) {
                boolean serves = image.available(pair.newest().get());
                under += serves ? 0 : 1;
                if (serves) {
                    delete.add(pair.oldest().get());
                }
            }
        }
        candidates.stream().limit(Math.max(0, image.maxSurge() - under)).forEach(create::add);
    }

    private void beside(Pair pair, List<String> candidates) {
        boolean runs = image.fits().get(pair.node()) == Verdict.FITS;
        if (image.available(pair.oldest().get())) {
            candidates.add(pair.node());
        } else if (runs) {
            create.add(pair.node());
        } else {
            delete.add(pair.oldest().get());
        }
    }
}
