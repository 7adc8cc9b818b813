package dev.starling.node.pool;

/** Why a pod can't have what it asks for: the reason and message that the kubelet gives such a pod. */
public record Shortage(String reason, String message) {

    static Shortage of(String resource, long requested, long used, long capacity) {
        return new Shortage("OutOf" + resource, "Node didn't have enough resource: " + resource + ", requested: "
                + requested + ", used: " + used + ", capacity: " + capacity);
    }
}
