package dev.starling.kube.patch;

import java.util.Optional;

/**
 * How a place in a schema merges in a strategic merge patch (source: Kubernetes' {@code x-kubernetes-patch-strategy}
 * and {@code x-kubernetes-patch-merge-key}).
 */
public interface MergeKeys {
    /** Every list is replaced; objects merge. */
    MergeKeys NONE = new MergeKeys() {
    };

    /** What a schema says of a place: nothing (objects merge, lists are replaced), merge, or replace. */
    enum Strategy { UNSET, MERGE, REPLACE }

    /** Below a field of an object; for a map, of any of its keys. */
    default MergeKeys field(String name) {
        return NONE;
    }

    /** Below the elements of a list. */
    default MergeKeys element() {
        return NONE;
    }

    default Strategy strategy() {
        return Strategy.UNSET;
    }

    /** The field by which elements of a merging list of objects are told apart; empty for lists of plain values. */
    default Optional<String> mergeKey() {
        return Optional.empty();
    }

    /** Whether {@code retainKeys} stands among the patch strategies of this place. */
    default boolean retainsKeys() {
        return false;
    }
}
