package dev.starling.apiserver.kinds;

import dev.starling.kube.object.KubeObject;
import java.util.List;

/** Where a kind keeps what {@code scale} shows. */
public interface ScaleFields {
    /** The field that holds the wanted number of replicas. */
    List<String> path();

    /** How many are wanted. */
    long wanted(KubeObject owner);

    /** How many there are. */
    long observed(KubeObject owner);

    /** Selects the pods, as text; empty where the kind names none. */
    String selector(KubeObject owner);
}
