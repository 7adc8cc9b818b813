package dev.starling.control.scheduler;

import dev.starling.kube.object.Resources;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a pod takes of its node.
 *
 * @param amounts by {@link Dimensions}; never changed
 * @param unoffered names of resources that it asks for and that no node has
 * @param extended the places beyond the common ones of which it takes something
 */
record Demand(long[] amounts, List<String> unoffered, List<Integer> extended) {
    /** More than any node has, and little enough for thousands of pods to be summed up. */
    static final long MOST = 1L << 50;

    static Demand of(Resources request, Dimensions dimensions) {
        var unoffered = request.amounts().entrySet().stream()
                .filter(e -> e.getValue() > 0 && !dimensions.knows(e.getKey())).map(e -> e.getKey()).sorted().toList();
        long[] amounts = Arrays.stream(dimensions.amounts(request)).map(amount -> Math.min(amount, MOST)).toArray();
        var extended = new ArrayList<Integer>();
        for (int i = Dimensions.COMMON; i < amounts.length; i++) {
            if (amounts[i] > 0) {
                extended.add(i);
            }
        }
        return new Demand(amounts, unoffered, List.copyOf(extended));
    }

    long amount(int place) {
        return place < amounts.length ? amounts[place] : 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Demand that && Arrays.equals(amounts, that.amounts)
                && unoffered.equals(that.unoffered);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(amounts) * 31 + unoffered.hashCode();
    }
}
