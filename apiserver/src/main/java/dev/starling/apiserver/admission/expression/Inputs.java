package dev.starling.apiserver.admission.expression;

import dev.starling.apiserver.access.Attributes;
import dev.starling.apiserver.access.Authorizer;
import dev.starling.apiserver.cel.Ask;
import dev.starling.apiserver.cel.Authorizing;
import dev.starling.apiserver.cel.Environment;
import dev.starling.apiserver.cel.ValueType;
import dev.starling.apiserver.cel.Variables;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.object.Kinds;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What expressions may ask about one write: {@code object}, {@code oldObject}, {@code request}, {@code params},
 * {@code namespaceObject} and {@code authorizer}.
 */
public record Inputs(AdmissionRequest request, AdmissionRequest seen, Json params, Authorizer authorizer)
        implements Variables {
    private static final String ACCOUNT = "system:serviceaccount:";

    /** Made once, and not before an expression is there. */
    private static final class Declared {
        private static final Environment ALL = Environment.of(Map.of("object", ValueType.DYN,
                "oldObject", ValueType.DYN, "request", ValueType.DYN, "params", ValueType.DYN,
                "namespaceObject", ValueType.DYN, "authorizer", ValueType.AUTHORIZER,
                "authorizer.requestResource", ValueType.RESOURCE_CHECK));
    }

    public static Environment environment() {
        return Declared.ALL;
    }

    /** @param seen the request in the version that is to be judged */
    public static Inputs of(AdmissionRequest request, AdmissionRequest seen, Authorizer authorizer) {
        return new Inputs(request, seen, JsonNull.NULL, authorizer);
    }

    public Inputs with(Json other) {
        return new Inputs(request, seen, other, authorizer);
    }

    @Override
    public Optional<Object> find(String name) {
        return switch (name) {
            case "object" -> Optional.of(Review.object(seen));
            case "oldObject" -> Optional.of(Review.before(seen));
            case "request" -> Optional.of(Review.request(request, seen, "").without("object").without("oldObject"));
            case "params" -> Optional.of(params);
            case "namespaceObject" -> Optional.of(namespace());
            case "authorizer" -> Optional.of(authorizing());
            case "authorizer.requestResource" -> Optional.of(resource());
            default -> Optional.empty();
        };
    }

    private Json namespace() {
        var key = request.key();
        return key.namespace().isEmpty() ? JsonNull.NULL
                : request.reader().find(Kinds.NAMESPACES.key(key.namespace()))
                        .map(namespace -> (Json) namespace.tree()).orElse(JsonNull.NULL);
    }

    private Ask resource() {
        var key = request.key();
        return Ask.about(authorizing(), new Ask.Resource(key.type().group(), key.type().plural(), key.subresource(),
                key.namespace(), key.name()));
    }

    private Authorizing authorizing() {
        return ask -> {
            var resource = ask.resource();
            var verdict = authorizer.judge(caller(ask.user()), new Attributes(ask.verb(), resource.group(),
                    resource.resource(), resource.subresource(), resource.namespace(), resource.name(), ask.path()));
            return new Authorizing.Answer(verdict.word() == Authorizer.Word.ALLOW, verdict.reason(), "");
        };
    }

    private Caller caller(String account) {
        if (account.isEmpty()) {
            return request.caller();
        }
        String namespace = account.substring(0, Math.max(0, account.indexOf(':')));
        return new Caller(ACCOUNT + account, "", List.of("system:serviceaccounts",
                "system:serviceaccounts:" + namespace, "system:authenticated"), Map.of());
    }
}
