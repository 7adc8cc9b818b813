package dev.starling.control.workload;

import dev.starling.kube.informer.Informer;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import dev.starling.kube.object.LabelSelector.Operator;
import java.util.List;

/** Finds what a selector chooses in a namespace without looking at everything that is in it. */
public final class Labelled {
    private static final String INDEX = "label";

    private Labelled() {
    }

    /** Adds the index that {@link #chosen} reads; call it before the informer starts. */
    public static Informer index(Informer informer) {
        return informer.index(INDEX, object -> object.labels().entrySet().stream()
                .map(label -> value(object.namespace(), label.getKey(), label.getValue())).toList());
    }

    /** What a selector chooses. Only one that names no value of any label has to look at the whole namespace. */
    public static List<KubeObject> chosen(Informer informer, String namespace, LabelSelector selector) {
        var narrow = selector.requirements().stream().filter(r -> r.operator() == Operator.IN).findFirst();
        var candidates = narrow.isEmpty() ? informer.in(namespace) : narrow.get().values().stream().distinct()
                .flatMap(v -> informer.by(INDEX, value(namespace, narrow.get().key(), v)).stream()).toList();
        return candidates.stream().filter(object -> selector.matches(object.labels())).toList();
    }

    private static String value(String namespace, String key, String value) {
        return namespace + "/" + key + "=" + value;
    }
}
