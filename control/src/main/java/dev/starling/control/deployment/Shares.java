package dev.starling.control.deployment;

import static dev.starling.control.deployment.Image.replicas;

import dev.starling.kube.object.KubeObject;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Scales several active ReplicaSets at once, each in proportion to its size, so that a rollout that is under way
 * keeps its risk; what rounding leaves goes to the largest.
 */
final class Shares {
    private Shares() {
    }

    /** The new size of every active ReplicaSet. */
    static Map<KubeObject, Integer> of(Image image, List<KubeObject> active) {
        int wanted = image.wanted();
        int most = wanted > 0 ? wanted + image.maxSurge() : 0;
        int toAdd = most - active.stream().mapToInt(Image::replicas).sum();
        var byAge = Comparator.comparing((KubeObject set) -> set.created().orElse(Instant.MAX));
        var order = Comparator.comparingInt((KubeObject set) -> -replicas(set))
                .thenComparing(toAdd > 0 ? byAge.reversed() : byAge);
        var sizes = new LinkedHashMap<KubeObject, Integer>();
        int added = 0;
        for (var set : active.stream().sorted(order).toList()) {
            int share = share(image, set, toAdd - added);
            sizes.put(set, replicas(set) + share);
            added += share;
        }
        int rest = toAdd - added;
        sizes.entrySet().stream().findFirst().ifPresent(largest -> largest.setValue(
                Math.max(0, largest.getValue() + rest)));
        return sizes;
    }

    private static int share(Image image, KubeObject set, int allowed) {
        if (allowed == 0) {
            return 0;
        }
        int fraction = fraction(image, set);
        return allowed > 0 ? Math.min(fraction, allowed) : Math.max(fraction, allowed);
    }

    private static int fraction(Image image, KubeObject set) {
        if (image.wanted() == 0) {
            return -replicas(set);
        }
        long before = Revisions.number(set, Revisions.MAX)
                .orElse(image.deployment().status().at("replicas").number(0));
        if (before == 0) {
            return 0;
        }
        return (int) Math.round((double) replicas(set) * (image.wanted() + image.maxSurge()) / before) - replicas(set);
    }
}
