package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.Conversion;
import dev.starling.apiserver.registry.Kind;
import dev.starling.apiserver.registry.KindRules;
import dev.starling.apiserver.versions.AutoscalerVersions;
import dev.starling.apiserver.versions.EventVersions;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The kinds that are served in a second version over the same objects. */
final class OtherVersions {
    private OtherVersions() {
    }

    private record Pure(UnaryOperator<JsonObject> toStore, UnaryOperator<JsonObject> toServe) implements Conversion {
        @Override
        public KubeObject stored(KubeObject served) {
            return KubeObject.of(toStore.apply(served.tree()));
        }

        @Override
        public KubeObject served(KubeObject stored) {
            return KubeObject.of(toServe.apply(stored.tree()));
        }
    }

    /** {@code autoscaling/v1}, stored as version 2. */
    static Kind autoscalers(KindFactory factory) {
        var served = KindFactory.named(Kinds.AUTOSCALERS_V1, "hpa").withCategories("all")
                .withSubresources(KindFactory.status(Kinds.AUTOSCALERS_V1));
        return factory.kind(served, Traits.PLAIN.withStatus()).with(new Kind.Storage(Kinds.HORIZONTAL_POD_AUTOSCALERS,
                new Pure(AutoscalerVersions::v2, AutoscalerVersions::v1)));
    }

    /** {@code admissionregistration.k8s.io/v1beta1}, stored as version 1, which says the same. */
    static List<Kind> mutatingPolicies(KindFactory factory) {
        var rules = Traits.PLAIN.withGeneration().updatingConditionally();
        return Stream.of(Kinds.MUTATING_ADMISSION_POLICIES, Kinds.MUTATING_ADMISSION_POLICY_BINDINGS).map(stored -> {
            var type = new ResourceType(stored.group(), "v1beta1", stored.plural(), stored.kind(), false);
            return factory.kind(ClusterKinds.extension(type), rules).with(new Kind.Storage(stored,
                    new Pure(called(stored), called(type))));
        }).toList();
    }

    private static UnaryOperator<JsonObject> called(ResourceType type) {
        return tree -> tree.with("apiVersion", Json.of(type.apiVersion()));
    }

    /** {@code events.k8s.io/v1}, stored as events of the core group, which also let them expire. */
    static Kind events(KindFactory factory) {
        return factory.kind(Kinds.EVENTS_V1, new GroupedEvents(), "ev").with(new Kind.Storage(Kinds.EVENTS,
                new Pure(EventVersions::core, EventVersions::grouped)));
    }

    private static final class GroupedEvents implements KindRules {
        private static final Map<String, Function<KubeObject, String>> SELECTABLE = Fields.at(
                "regarding.kind", "regarding.namespace", "regarding.name", "regarding.uid", "regarding.apiVersion",
                "regarding.resourceVersion", "regarding.fieldPath", "reason", "type", "reportingController");

        @Override
        public boolean createsOnUpdate() {
            return true;
        }

        @Override
        public boolean rides() {
            return true;
        }

        @Override
        public Map<String, Function<KubeObject, String>> selectable() {
            return SELECTABLE;
        }
    }
}
