package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.KindRules;
import dev.starling.apiserver.registry.NameRule;
import dev.starling.kube.object.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Events never hurry a commit, and go some time after they were last seen. */
final class EventRules implements KindRules {
    private static final Map<String, Function<KubeObject, String>> SELECTABLE = fields();

    private final Duration lifetime;

    EventRules(Duration lifetime) {
        this.lifetime = lifetime;
    }

    private static Map<String, Function<KubeObject, String>> fields() {
        var fields = new HashMap<>(Fields.at("involvedObject.kind", "involvedObject.namespace", "involvedObject.name",
                "involvedObject.uid", "involvedObject.apiVersion", "involvedObject.resourceVersion",
                "involvedObject.fieldPath", "reason", "type"));
        fields.put("reportingComponent", event -> event.tree().text("reportingComponent"));
        fields.put("source", event -> {
            String component = event.tree().text("source", "component");
            return component.isEmpty() ? event.tree().text("reportingComponent") : component;
        });
        return Map.copyOf(fields);
    }

    @Override
    public boolean createsOnUpdate() {
        return true;
    }

    /** Only {@code events.k8s.io} looks at the name, in its validation. */
    @Override
    public NameRule nameRule() {
        return NameRule.PATH_SEGMENT;
    }

    @Override
    public boolean rides() {
        return true;
    }

    @Override
    public Map<String, Function<KubeObject, String>> selectable() {
        return SELECTABLE;
    }

    @Override
    public boolean expire() {
        return true;
    }

    @Override
    public Optional<Instant> expires(KubeObject event) {
        var seen = Stream.of(event.time("lastTimestamp"), event.time("eventTime"),
                event.time("series", "lastObservedTime"), event.created());
        return seen.flatMap(Optional::stream).max(Comparator.naturalOrder()).map(last -> last.plus(lifetime));
    }
}
