package dev.starling.control.scheduler;

import dev.starling.kube.object.Resources;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each resource stands in an array of amounts: CPU, memory, pods and disk first, then the others in the order in
 * which nodes first offered them. What no node ever offered has no place, so that no pod can make arrays longer.
 */
final class Dimensions {
    static final int CPU = 0;
    static final int MEMORY = 1;
    static final int PODS = 2;
    static final int DISK = 3;
    /** How many places every array has. */
    static final int COMMON = 4;

    private final List<String> names =
            new ArrayList<>(List.of(Resources.CPU, Resources.MEMORY, Resources.PODS, "ephemeral-storage"));
    private final Map<String, Integer> places = new HashMap<>();

    Dimensions() {
        for (int i = 0; i < names.size(); i++) {
            places.put(names.get(i), i);
        }
    }

    int size() {
        return names.size();
    }

    String name(int place) {
        return names.get(place);
    }

    boolean knows(String name) {
        return places.containsKey(name);
    }

    /** The amounts that a node offers; gives every name a place. */
    long[] offered(Resources resources) {
        for (String name : resources.amounts().keySet().stream().sorted().toList()) {
            places.computeIfAbsent(name, n -> {
                names.add(n);
                return names.size() - 1;
            });
        }
        return amounts(resources);
    }

    /** The amounts of all names that have a place. */
    long[] amounts(Resources resources) {
        var amounts = new long[COMMON];
        for (var entry : resources.amounts().entrySet()) {
            int place = places.getOrDefault(entry.getKey(), -1);
            if (place >= amounts.length) {
                amounts = java.util.Arrays.copyOf(amounts, place + 1);
            }
            if (place >= 0) {
                amounts[place] = entry.getValue();
            }
        }
        return amounts;
    }
}
