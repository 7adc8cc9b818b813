package dev.starling.apiserver.registry;

import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.DeleteOptions.Propagation;
import dev.starling.kube.object.KubeObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What a deletion does to an object (source: the registry of Kubernetes' apiserver). Pure functions. */
final class Deletions {
    static final String ORPHAN = "orphan";
    static final String FOREGROUND = "foregroundDeletion";

    private Deletions() {
    }

    /** What is to be done. */
    sealed interface Step {

        /** Nothing: the deletion waits already. */
        record Wait() implements Step {
        }

        /** Mark the object; it goes later. */
        record Mark(KubeObject object) implements Step {
        }

        /** Remove it now. */
        record Remove() implements Step {
        }
    }

    /** Whether an object whose deletion was asked for has nothing left to wait for. */
    static boolean complete(KindRules rules, KubeObject object) {
        return object.deleting() && object.finalizers().isEmpty() && !rules.held(object)
                && object.metadata().at("deletionGracePeriodSeconds").number(0) == 0;
    }

    static Step step(KindRules rules, KubeObject object, DeleteOptions options, Instant now) {
        var finalizers = finalizers(rules, object, options);
        var grace = rules.gracePeriodSeconds(object, options);
        boolean waits = !finalizers.isEmpty() || rules.held(object);
        if (grace.isPresent()) {
            return graceful(object, finalizers, new Grace(grace.getAsLong(), options.gracePeriodSeconds()), now);
        }
        if (!waits) {
            return new Step.Remove();
        }
        if (object.deleting() && finalizers.equals(object.finalizers())) {
            return new Step.Wait();
        }
        return new Step.Mark(marked(rules, object, finalizers, now));
    }

    /** Marks an object of a kind without graceful deletion. */
    private static KubeObject marked(KindRules rules, KubeObject object, List<String> finalizers, Instant now) {
        var kept = Metadata.finalizers(object, finalizers);
        if (object.deleting()) {
            return kept;
        }
        var raised = object.generation() > 0 ? Metadata.generationRaised(kept) : kept;
        return rules.prepareForDeletion(Metadata.marked(raised, now, 0));
    }

    /**
     * The period that a deletion waits.
     *
     * @param seconds of the kind's rules
     * @param asked by the caller
     */
    private record Grace(long seconds, OptionalLong asked) {
    }

    private static Step graceful(KubeObject object, List<String> finalizers, Grace grace, Instant now) {
        if (!object.deleting()) {
            if (grace.seconds() == 0 && finalizers.isEmpty()) {
                return new Step.Remove();
            }
            var marked = Metadata.marked(Metadata.finalizers(object, finalizers), now.plusSeconds(grace.seconds()),
                    grace.seconds());
            return new Step.Mark(raised(marked));
        }
        long pending = object.metadata().at("deletionGracePeriodSeconds").number(0);
        if (pending == 0) {
            return finalizers.isEmpty() ? new Step.Remove() : new Step.Wait();
        }
        if (grace.asked().isEmpty() || grace.seconds() >= pending) {
            return new Step.Wait();
        }
        if (grace.seconds() == 0 && finalizers.isEmpty()) {
            return new Step.Remove();
        }
        var deletion = object.deletionTimestamp().orElse(now).minusSeconds(pending).plusSeconds(grace.seconds());
        return new Step.Mark(raised(Metadata.marked(object, deletion, grace.seconds())));
    }

    private static KubeObject raised(KubeObject object) {
        return object.generation() > 0 ? Metadata.generationRaised(object) : object;
    }

    /** The finalizers that the garbage collector answers for follow the wish; the others stay. */
    private static List<String> finalizers(KindRules rules, KubeObject object, DeleteOptions options) {
        var finalizers = new ArrayList<>(object.finalizers());
        boolean told = finalizers.removeAll(List.of(ORPHAN, FOREGROUND));
        if (options.propagation().isEmpty() && (told || !rules.orphansByDefault())) {
            return object.finalizers();
        }
        var wish = options.propagation().orElse(Propagation.ORPHAN);
        if (wish != Propagation.BACKGROUND) {
            finalizers.add(wish == Propagation.ORPHAN ? ORPHAN : FOREGROUND);
        }
        return finalizers;
    }
}
