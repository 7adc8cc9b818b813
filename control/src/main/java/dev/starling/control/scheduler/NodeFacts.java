package dev.starling.control.scheduler;

import dev.starling.kube.json.JsonArray;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Resources;
import java.util.HashMap;
import java.util.Map;

/**
 * What the scheduler reads of one node, read once for each change.
 *
 * @param allocatable by {@link Dimensions}; never changed
 * @param images the images that the node has, by each of their names, with their size in bytes
 */
record NodeFacts(String name, Map<String, String> labels, Taints taints, Flags flags, long[] allocatable,
        Map<String, Long> images) {

    /** @param virtual a pool shown as a node, which takes only pods that a profile selects */
    record Flags(boolean unschedulable, boolean virtual) {
    }

    static NodeFacts of(KubeObject node, Dimensions dimensions) {
        var labels = Map.copyOf(node.labels());
        return new NodeFacts(node.name(), labels, Taints.of(node.spec().array("taints")),
                new Flags(node.spec().flag("unschedulable"), virtual(labels)),
                dimensions.offered(Resources.of(node.status().object("allocatable"))),
                images(node.status().array("images")));
    }

    static boolean virtual(Map<String, String> labels) {
        return "virtual-kubelet".equals(labels.get("type"));
    }

    private static Map<String, Long> images(JsonArray list) {
        var images = new HashMap<String, Long>();
        for (var image : list.objects()) {
            long size = image.at("sizeBytes").number(0);
            image.array("names").texts().forEach(name -> images.put(name, size));
        }
        return Map.copyOf(images);
    }

    boolean virtual() {
        return flags.virtual();
    }

    long allocatable(int place) {
        return place < allocatable.length ? allocatable[place] : 0;
    }
}
