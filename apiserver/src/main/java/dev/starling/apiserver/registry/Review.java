package dev.starling.apiserver.registry;

import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.Locale;

/** A question that is asked by a creation and answered at once; nothing is stored: {@code SelfSubjectReview}. */
public non-sealed interface Review extends Resource {

    /** What was asked, with its answer in {@code status}. */
    KubeObject answer(Request request, ObjectKey key, KubeObject asked);

    /** How a review stands in discovery. */
    static ServedResource served(ResourceType type) {
        return new ServedResource(type, type.kind().toLowerCase(Locale.ROOT), List.of("create"), List.of(), List.of(),
                List.of(), false);
    }
}
