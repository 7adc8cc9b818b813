package dev.starling.control.scheduler;

import dev.starling.kube.object.Quantity;
import java.util.stream.Collectors;

/** In words, what would have to be otherwise for one node to take one pod. */
record Remedies(PodFacts pod, NodeSlot node, Dimensions dimensions) {

    String of(Objection objection) {
        return switch (objection.kind()) {
            case UNSCHEDULABLE -> "the node were uncordoned";
            case NO_PROFILE -> "a Fargate profile selected it";
            case TAINT -> "it tolerated the node's taint " + objection.text().substring(
                    objection.text().indexOf('{'));
            case NODE_AFFINITY -> "the node had the labels that its node selector and affinity ask for";
            case PORTS -> "nothing else there used host port " + pod.ask().ports().stream()
                    .map(port -> port.port() + "/" + port.protocol()).collect(Collectors.joining(", "));
            case RESOURCE -> shortage(objection.resource());
            case NEVER_ENOUGH -> "it asked for at most " + offered(objection.resource()) + " of "
                    + objection.resource() + ", which is all that the node offers";
            case VOLUME -> "its volumes could be reached from there";
            case SPREAD -> "more of the pods that its spread constraint counts ran in other domains";
            case SPREAD_LABEL -> "the node had the topology labels of its spread constraints";
            case POD_AFFINITY -> "a pod that its affinity asks for ran in the node's domain";
            case ANTI_AFFINITY -> "no pod that its anti-affinity names ran in the node's domain";
            case EXISTING_ANTI_AFFINITY -> "no pod whose anti-affinity names it ran in the node's domain";
            case GANG -> "enough pods of its group were there";
        };
    }

    private String shortage(String resource) {
        int place = place(resource);
        long[] kept = node.keptFrom(pod);
        long spare = node.free(place) - (place < kept.length ? kept[place] : 0);
        return place == Dimensions.PODS ? "one pod fewer ran there"
                : amount(place, pod.demand().amount(place) - spare) + " more " + resource + " were free there";
    }

    private String offered(String resource) {
        return dimensions.knows(resource) ? amount(place(resource), node.facts().allocatable(place(resource))) : "0";
    }

    private int place(String resource) {
        for (int i = 0; i < dimensions.size(); i++) {
            if (dimensions.name(i).equals(resource)) {
                return i;
            }
        }
        return 0;
    }

    private static String amount(int place, long amount) {
        return (place == Dimensions.CPU ? Quantity.ofMillis(amount) : place == Dimensions.MEMORY
                || place == Dimensions.DISK ? Quantity.ofBytes(amount) : Quantity.of(amount)).toString();
    }
}
