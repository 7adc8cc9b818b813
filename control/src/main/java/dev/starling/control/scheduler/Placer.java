package dev.starling.control.scheduler;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Decides where a waiting pod goes, on an image that it leaves as it is: equal images give equal decisions. What it
 * refuses it remembers for as long as it lives, so that equal pods share the answer while nothing can have made it
 * better. Pods on virtual nodes need a Fargate profile.
 */
final class Placer {

    /** @param who empty where labels make no difference */
    private record Question(PodFacts.Ask ask, boolean never, Optional<Identity> who) {
    }

    /** @param anyChange whether pods that come can help, too, so that every change asks anew */
    private record Answer(Decision.Refuse refusal, boolean anyChange, long gains, long changes) {
    }

    private final ClusterImage image;
    private final Supplier<Budgets> budgets;
    private final Map<Question, Answer> refused = new HashMap<>();

    Placer(ClusterImage image, Supplier<Budgets> budgets) {
        this.image = image;
        this.budgets = budgets;
    }

    Decision decide(PodFacts pod) {
        if (!pod.ask().problem().isEmpty()) {
            return hopeless(pod);
        }
        var constraints = Constraints.of(pod, image);
        var nominated = nominated(pod, constraints);
        if (nominated.isPresent()) {
            return new Decision.Bind(pod, nominated.get().name());
        }
        if (!refused.isEmpty() && image.nomination(pod).isEmpty()) {
            var known = Optional.ofNullable(refused.get(question(pod, constraints))).filter(this::holds);
            if (known.isPresent()) {
                return new Decision.Refuse(pod, known.get().refusal().why(), known.get().refusal().causes(), "");
            }
        }
        var best = Search.best(pod, constraints, image);
        return best.isPresent() ? new Decision.Bind(pod, best.get().name()) : refuse(pod, constraints);
    }

    /** As upstream words what is against all nodes at once. */
    private Decision hopeless(PodFacts pod) {
        String nodes = "0/" + image.present() + " nodes are available: ";
        return new Decision.Refuse(pod, nodes + pod.ask().problem() + ". preemption: " + nodes + image.present()
                + " Preemption is not helpful for scheduling.", Set.of(Objection.Kind.VOLUME), "");
    }

    private Optional<NodeSlot> nominated(PodFacts pod, Constraints constraints) {
        return image.nomination(pod).filter(node -> Search.fits(pod, constraints, node));
    }

    private Decision refuse(PodFacts pod, Constraints constraints) {
        var diagnosis = Diagnosis.of(pod, constraints, image);
        var decision = Preemption.decide(pod, diagnosis, image, budgets);
        if (decision instanceof Decision.Refuse refusal && refusal.nominated().isEmpty()) {
            refused.put(question(pod, constraints), new Answer(refusal, constraints.mayLoosen(), image.gains(),
                    image.changes().end()));
        }
        return decision;
    }

    private static Question question(PodFacts pod, Constraints constraints) {
        boolean alike = constraints == Constraints.NONE && pod.profile().isPresent();
        return new Question(pod.ask(), pod.pod().spec().text("preemptionPolicy").equals("Never"),
                alike ? Optional.empty() : Optional.of(pod.who()));
    }

    private boolean holds(Answer answer) {
        return answer.gains() == image.gains()
                && (!answer.anyChange() || answer.changes() == image.changes().end());
    }
}
