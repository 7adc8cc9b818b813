package dev.starling.apiserver.admission.match;

import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ObjectKey;
import java.util.List;

/** Operations on resources, as {@code admissionregistration.k8s.io} writes them. */
record Rule(List<String> operations, List<String> groups, List<String> versions, Resources resources) {
    private static final String ALL = "*";

    /**
     * Which objects.
     *
     * @param plurals {@code pods}, {@code pods/status}, {@code pods/*}, {@code *}, {@code *&#47;*}
     * @param names none for all
     * @param scope Cluster, Namespaced or {@code *}
     */
    record Resources(List<String> plurals, List<String> names, String scope) {

        boolean covers(ObjectKey key) {
            boolean named = names.isEmpty() || names.contains(key.name());
            return named && inScope(key) && plurals.stream().anyMatch(plural -> covers(plural, key));
        }

        private static boolean covers(String pattern, ObjectKey key) {
            int slash = pattern.indexOf('/');
            String plural = slash < 0 ? pattern : pattern.substring(0, slash);
            String sub = slash < 0 ? "" : pattern.substring(slash + 1);
            return (plural.equals(ALL) || plural.equals(key.type().plural()))
                    && (sub.equals(ALL) || sub.equals(key.subresource()));
        }

        private boolean inScope(ObjectKey key) {
            boolean inNamespace = !key.type().equals(Kinds.NAMESPACES) && !key.namespace().isEmpty();
            return switch (scope) {
                case "Namespaced" -> inNamespace;
                case "Cluster" -> !inNamespace;
                default -> true;
            };
        }
    }

    static Rule of(JsonObject json) {
        return new Rule(json.array("operations").texts(), json.array("apiGroups").texts(),
                json.array("apiVersions").texts(), new Resources(json.array("resources").texts(),
                json.array("resourceNames").texts(), json.text("scope")));
    }

    boolean covers(AdmissionRequest request) {
        var key = request.key();
        return has(operations, request.operation().name()) && has(groups, key.type().group())
                && has(versions, key.type().version()) && resources.covers(key);
    }

    /** Whether it would cover the request in some other group or version. */
    boolean coversElsewhere(AdmissionRequest request) {
        return has(operations, request.operation().name()) && resources.covers(request.key());
    }

    private static boolean has(List<String> allowed, String value) {
        return allowed.contains(ALL) || allowed.contains(value);
    }
}
