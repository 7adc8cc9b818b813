package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.ServedResource;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import dev.starling.kube.object.ResourceType;
import java.util.List;

/** The parameters with which a binding puts a policy into force. */
final class Params {
    private Params() {
    }

    /** Why there are no parameters, in the words of Kubernetes. */
    static final class ParamsException extends RuntimeException {
        private static final long serialVersionUID = 1;

        ParamsException(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Each is a reason to judge the write; none means that the policy does not apply.
     *
     * @throws ParamsException if that is to be refused
     */
    static List<Json> of(JsonObject kind, JsonObject ref, AdmissionRequest request) {
        if (kind.isEmpty() || ref.isEmpty()) {
            return List.of(JsonNull.NULL);
        }
        var type = type(kind, request);
        var found = found(type, ref, namespace(type, ref, request), request);
        if (found.isEmpty() && ref.text("parameterNotFoundAction").equals("Deny")) {
            throw new ParamsException("no params found for policy binding with `Deny` parameterNotFoundAction");
        }
        return found.stream().map(object -> (Json) object.tree()).toList();
    }

    private static ResourceType type(JsonObject kind, AdmissionRequest request) {
        return request.circumstances().catalog().served().stream().map(ServedResource::type)
                .filter(type -> type.apiVersion().equals(kind.text("apiVersion"))
                        && type.kind().equals(kind.text("kind")))
                .findFirst().orElseThrow(() -> new ParamsException("failed to find resource referenced by paramKind: '"
                        + kind.text("apiVersion") + ", Kind=" + kind.text("kind") + "'"));
    }

    private static String namespace(ResourceType type, JsonObject ref, AdmissionRequest request) {
        String given = ref.text("namespace");
        if (!type.namespaced()) {
            if (!given.isEmpty()) {
                throw new ParamsException("paramRef.namespace must not be provided for a cluster-scoped `paramKind`");
            }
            return "";
        }
        String namespace = given.isEmpty() ? request.key().namespace() : given;
        if (namespace.isEmpty()) {
            throw new ParamsException("cannot use namespaced paramRef in policy binding that matches cluster-scoped "
                    + "resources");
        }
        return namespace;
    }

    private static List<KubeObject> found(ResourceType type, JsonObject ref, String namespace,
            AdmissionRequest request) {
        if (!ref.text("name").isEmpty()) {
            return request.reader().find(type.key(namespace, ref.text("name"))).stream().toList();
        }
        var selector = LabelSelector.from(ref.object("selector"));
        return request.reader().all(type, namespace).stream()
                .filter(object -> selector.matches(object.labels())).toList();
    }
}
