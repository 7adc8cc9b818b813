package dev.starling.control.statefulset;

import dev.starling.control.workload.Pods;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a StatefulSet has to do now. Pure. In order: every place gets its pod, the first one first; then pods without a
 * place go, the last one first; then pods of an old revision go, the last one first. A set that keeps order does one
 * step at a time and waits for each pod to be available, or gone.
 */
final class StatefulSetPlan {
    private static final Duration CLAIM_GOES = Duration.ofSeconds(1);

    private final Image image;
    private final Instant now;
    private final ClaimOwners owners;
    private final Map<Integer, KubeObject> placed = new TreeMap<>();
    private final List<KubeObject> condemned = new ArrayList<>();
    private final List<Act> acts = new ArrayList<>();
    private Optional<Duration> again = Optional.empty();

    /**
     * @param acts in the order in which they are to be done
     * @param again when to look again although nothing changes
     */
    record Result(List<Act> acts, JsonObject status, Optional<Duration> again) {
        Result {
            acts = List.copyOf(acts);
        }
    }

    private StatefulSetPlan(Image image, Instant now) {
        this.image = image;
        this.now = now;
        this.owners = new ClaimOwners(image.set());
        for (var pod : image.pods()) {
            Member.ordinal(image.set(), pod.name()).ifPresent(ordinal -> sort(pod, ordinal));
        }
        condemned.sort(Comparator.comparingInt(pod -> -ordinal(pod)));
    }

    static Result of(Image image, Instant now) {
        var plan = new StatefulSetPlan(image, now);
        if (!image.set().deleting() && plan.fill() && plan.shrink() && image.rolling()) {
            plan.outdated().forEach(pod -> plan.acts.add(new Act.Delete(pod)));
        }
        image.pods().stream().flatMap(pod -> Pods.readySince(pod).stream())
                .map(since -> Duration.between(now, since.plus(image.minReady())))
                .filter(Duration::isPositive).forEach(plan::lookAgain);
        return new Result(plan.acts, StatefulSetStatus.of(image, now), plan.again);
    }

    private void sort(KubeObject pod, int ordinal) {
        int place = ordinal - image.first();
        if (place >= 0 && place < image.replicas()) {
            placed.put(place, pod);
        } else {
            condemned.add(pod);
        }
    }

    private int ordinal(KubeObject pod) {
        return Member.ordinal(image.set(), pod.name()).orElseThrow();
    }

    private void lookAgain(Duration after) {
        again = Optional.of(again.filter(soonest -> soonest.compareTo(after) < 0).orElse(after));
    }

    /** @return whether it goes on after this */
    private boolean fill() {
        for (int place = 0; place < image.replicas(); place++) {
            var member = new Member(image.set(), image.first() + place);
            var pod = Optional.ofNullable(placed.get(place));
            boolean settled = pod.isPresent() ? settle(member, pod.get()) : make(member, place);
            if (!settled && image.ordered()) {
                return false;
            }
        }
        return true;
    }

    private boolean make(Member member, int place) {
        boolean stale = claimsOf(member).stream().anyMatch(claim -> owners.stale(claim, member.name()));
        if (stale) {
            lookAgain(CLAIM_GOES);
        } else {
            acts.add(new Act.Create(member.pod(image.revision(place)), missing(member)));
        }
        return false;
    }

    private List<KubeObject> claimsOf(Member member) {
        return member.claims().stream().flatMap(claim -> image.claims().apply(claim.name()).stream()).toList();
    }

    /** A claim that goes counts as missing: whoever makes it anew is refused, and says so. */
    private List<KubeObject> missing(Member member) {
        return member.claims().stream()
                .filter(claim -> image.claims().apply(claim.name()).filter(c -> !c.deleting()).isEmpty())
                .map(owners::owned).toList();
    }

    /** @return whether the pod is available, with all that belongs to it */
    private boolean settle(Member member, KubeObject pod) {
        if (Pods.terminal(pod)) {
            if (!pod.deleting()) {
                acts.add(new Act.Delete(pod));
            }
            return false;
        }
        var missing = Pods.phase(pod).equals("Pending") ? missing(member) : List.<KubeObject>of();
        if (!missing.isEmpty()) {
            acts.add(new Act.Supply(pod, missing));
        }
        if (image.ordered() && image.unavailable(pod, now)) {
            return false;
        }
        hand(member, pod, false);
        if (!member.identified(pod)) {
            acts.add(new Act.Identify(pod, member.identity()));
        }
        return true;
    }

    private void hand(Member member, KubeObject pod, boolean last) {
        claimsOf(member).forEach(claim -> owners.change(claim, pod, last)
                .ifPresent(references -> acts.add(new Act.Hand(claim, references))));
    }

    /** @return whether it goes on after this */
    private boolean shrink() {
        condemned.forEach(pod -> hand(new Member(image.set(), ordinal(pod)), pod, true));
        var sick = firstUnavailable();
        for (var pod : condemned) {
            boolean waits = pod.deleting() || !image.available(pod, now)
                    && sick.filter(first -> first.uid().equals(pod.uid())).isEmpty();
            if (waits && image.ordered()) {
                return false;
            }
            if (!pod.deleting()) {
                acts.add(new Act.Delete(pod));
                if (image.ordered()) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The lowest pod that nobody can use: it may go although it is not well. */
    private Optional<KubeObject> firstUnavailable() {
        return placed.values().stream().filter(pod -> image.unavailable(pod, now)).findFirst()
                .or(() -> condemned.reversed().stream().filter(pod -> image.unavailable(pod, now)).findFirst());
    }

    /** Which pods of an old revision go now. A place that has no pod serves nobody either. */
    private List<KubeObject> outdated() {
        return image.maxUnavailable().map(this::several).orElseGet(this::one);
    }

    /** The last pod of an old revision, once all after it are available. */
    private List<KubeObject> one() {
        for (int place = image.replicas() - 1; place >= image.partition(); place--) {
            var pod = Optional.ofNullable(placed.get(place));
            var old = pod.filter(p -> !image.updated(p) && !p.deleting());
            if (old.isPresent()) {
                return List.of(old.get());
            }
            if (pod.filter(p -> !image.unavailable(p, now)).isEmpty()) {
                return List.of();
            }
        }
        return List.of();
    }

    /** Old pods that serve nobody, and as many others as may be away. */
    private List<KubeObject> several(int most) {
        var candidates = placed.entrySet().stream().filter(place -> place.getKey() >= image.partition())
                .map(Map.Entry::getValue).toList().reversed();
        long left = most - (image.replicas() - placed.size())
                - placed.values().stream().filter(pod -> image.unavailable(pod, now)).count();
        var gone = new ArrayList<KubeObject>();
        for (var pod : candidates) {
            if (image.updated(pod) || pod.deleting()) {
                continue;
            }
            boolean free = image.unavailable(pod, now);
            if (free || left > 0) {
                gone.add(pod);
                left -= free ? 0 : 1;
            }
        }
        return gone;
    }
}
