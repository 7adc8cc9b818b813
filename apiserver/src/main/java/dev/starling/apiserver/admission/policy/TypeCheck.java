package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.admission.expression.Inputs;
import dev.starling.apiserver.cel.ValueType;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.ResourceType;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks the expressions of a policy against the types of the kinds that it names. What does not fit is a warning in
 * the policy's status only: at run time an object is what it is.
 */
final class TypeCheck {
    private static final int MOST_TYPES = 10;
    private static final Comparator<ResourceType> ORDER = Comparator.comparing(ResourceType::group)
            .thenComparing(ResourceType::version).thenComparing(ResourceType::kind);

    private final PolicyStatus.Types types;

    TypeCheck(PolicyStatus.Types types) {
        this.types = types;
    }

    /** What {@code status.typeChecking} says of a policy. */
    JsonObject of(JsonObject spec) {
        Map<String, String> warnings = new LinkedHashMap<>();
        named(spec).forEach(type -> types.schema(type).ifPresent(schema -> {
            var value = ValueType.of(schema, type.kind(), true);
            Expressions.faults(spec, Inputs.environment().with("object", value).with("oldObject", value))
                    .forEach(fault -> warnings.merge(fault.field(), type.apiVersion() + ", Kind=" + type.kind() + ": "
                            + fault.why(), (one, other) -> one + "\n" + other));
        }));
        if (warnings.isEmpty()) {
            return JsonObject.EMPTY;
        }
        return JsonObject.of("expressionWarnings", JsonArray.of(warnings.entrySet().stream().map(each ->
                (Json) JsonObject.of("fieldRef", each.getKey(), "warning", each.getValue())).toList()));
    }

    /** Only what is named outright, as in Kubernetes. */
    private List<ResourceType> named(JsonObject spec) {
        var rules = spec.array("matchConstraints", "resourceRules").objects();
        return types.served().stream().filter(type -> rules.stream().anyMatch(rule ->
                        rule.array("apiGroups").texts().contains(type.group())
                        && rule.array("apiVersions").texts().contains(type.version())
                        && names(rule, type)))
                .sorted(ORDER).limit(MOST_TYPES).toList();
    }

    private static boolean names(JsonObject rule, ResourceType type) {
        return rule.array("resources").texts().contains(type.plural());
    }
}
