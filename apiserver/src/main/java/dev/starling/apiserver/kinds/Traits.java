package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.KindRules;
import dev.starling.kube.object.KubeObject;
import java.util.Map;
import java.util.function.Function;

/** The rules of a kind that differs from others in plain facts only. */
record Traits(boolean hasStatus, boolean hasGeneration, boolean createsOnUpdate, boolean updatesUnconditionally,
        Map<String, Function<KubeObject, String>> selectable) implements KindRules {
    static final Traits PLAIN = new Traits(false, false, false, true, Map.of());

    Traits {
        selectable = Map.copyOf(selectable);
    }

    Traits withStatus() {
        return new Traits(true, hasGeneration, createsOnUpdate, updatesUnconditionally, selectable);
    }

    Traits withGeneration() {
        return new Traits(hasStatus, true, createsOnUpdate, updatesUnconditionally, selectable);
    }

    Traits creatingOnUpdate() {
        return new Traits(hasStatus, hasGeneration, true, updatesUnconditionally, selectable);
    }

    Traits updatingConditionally() {
        return new Traits(hasStatus, hasGeneration, createsOnUpdate, false, selectable);
    }

    /** Field selectors may name the texts and numbers at these paths. */
    Traits selectableBy(String... paths) {
        return new Traits(hasStatus, hasGeneration, createsOnUpdate, updatesUnconditionally, Fields.at(paths));
    }
}
