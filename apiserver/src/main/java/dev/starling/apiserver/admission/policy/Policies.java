package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.admission.match.Cached;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The policies of one kind, and what puts them into force. Thread-safe.
 *
 * @param <P> what the expressions of a policy become
 */
final class Policies<P> {
    private final Cached<Policy<P>> policies;
    private final Cached<Binding> bindings;

    Policies(ResourceType policies, ResourceType bindings, Function<JsonObject, P> compiler) {
        this.policies = new Cached<>(policies, object -> new Policy<>(object, compiler));
        this.bindings = new Cached<>(bindings, Binding::of);
    }

    /**
     * A policy that concerns a write, by one of its bindings.
     *
     * @param seen the write in the version that the policy names
     */
    record Bound<P>(Policy<P> policy, Binding binding, AdmissionRequest seen) {

        /** Who speaks, in the words of Kubernetes. */
        String named() {
            return "'" + policy.name() + "' with binding '" + binding.name() + "'";
        }
    }

    /** In the order of the policies' names. */
    List<Bound<P>> concerning(AdmissionRequest request) {
        var bound = bindings.all(request.reader());
        if (bound.isEmpty()) {
            return List.of();
        }
        var found = new ArrayList<Bound<P>>();
        for (var policy : policies.all(request.reader())) {
            var own = bound.stream().filter(binding -> binding.policy().equals(policy.name())).toList();
            var seen = own.isEmpty() ? Optional.<AdmissionRequest>empty() : policy.matching().seen(request);
            seen.ifPresent(shown -> own.stream().filter(binding -> binding.covers(request))
                    .forEach(binding -> found.add(new Bound<>(policy, binding, shown))));
        }
        return found;
    }
}
