package dev.starling.control.scheduler;

import dev.starling.kube.object.KubeObject;
import java.util.Collection;
import java.util.Optional;

/**
 * What the scheduler would decide of pods that come one after the other, on an image that is in memory alone: for plans
 * and for measurements. Not thread-safe.
 */
public final class Placement {
    private final ClusterImage image = new ClusterImage(Volumes.NONE);
    private final Placer placer = new Placer(image, () -> Budgets.NONE);

    /**
     * Where a pod went.
     *
     * @param why no node takes it; empty if one does
     */
    public record Answer(Optional<String> node, String why) {
    }

    public Placement(Collection<KubeObject> nodes, Collection<KubeObject> namespaces,
            Collection<KubeObject> profiles) {
        image.profiles(ProfileSelection.of(profiles));
        namespaces.forEach(image::namespace);
        nodes.forEach(image::node);
    }

    /** Decides on a pod, which counts on its node from now on. */
    public Answer place(KubeObject pod) {
        return switch (placer.decide(image.read(pod))) {
            case Decision.Bind bind -> {
                image.assume(bind.facts(), bind.node());
                yield new Answer(Optional.of(bind.node()), "");
            }
            case Decision.Refuse refuse -> new Answer(Optional.empty(), refuse.why());
            case Decision.Preempt preempt -> new Answer(Optional.empty(), preempt.why());
        };
    }

    /** A pod went away, by {@code namespace/name}. */
    public void remove(String pod) {
        image.podGone(pod);
    }
}
