package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.Subresource;
import dev.starling.apiserver.registry.TokenIssuer;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.Times;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** {@code token} of a service account: a {@code TokenRequest} comes back with a signed token. */
final class TokenSubresource implements Subresource {
    private static final long DEFAULT_SECONDS = 3600;
    private static final long LEAST_SECONDS = 600;
    private static final long MOST_SECONDS = 1L << 32;

    private final TokenIssuer issuer;
    private final InstantSource clock;

    TokenSubresource(TokenIssuer issuer, InstantSource clock) {
        this.issuer = issuer;
        this.clock = clock;
    }

    @Override
    public KubeObject create(Call call, KubeObject wanted) {
        var account = call.owner();
        var spec = wanted.spec();
        long seconds = spec.at("expirationSeconds").number(DEFAULT_SECONDS);
        check(account, seconds);
        var bound = bound(call, account, spec.object("boundObjectRef"));
        var token = issuer.issue(new TokenIssuer.Wish(account, spec.array("audiences").texts(),
                Duration.ofSeconds(seconds), bound, bound.flatMap(object -> node(call, object))));
        var metadata = JsonObject.of("name", account.name(), "namespace", account.namespace(),
                "creationTimestamp", Times.seconds(clock.instant()));
        var status = JsonObject.of("token", token.text(), "expirationTimestamp", Times.seconds(token.expires()));
        return KubeObject.of(JsonObject.of("kind", "TokenRequest", "apiVersion", "authentication.k8s.io/v1",
                "metadata", metadata, "spec", filled(spec, seconds, token), "status", status));
    }

    private static Optional<KubeObject> node(Call call, KubeObject bound) {
        String name = bound.spec().text("nodeName");
        return name.isEmpty() ? Optional.empty() : call.registry().reader().find(Kinds.NODES.key(name));
    }

    private static JsonObject filled(JsonObject spec, long seconds, TokenIssuer.Token token) {
        var builder = JsonObject.builder().put("audiences", JsonArray.strings(token.audiences()))
                .put("expirationSeconds", seconds);
        if (!spec.object("boundObjectRef").isEmpty()) {
            builder.put("boundObjectRef", spec.object("boundObjectRef"));
        }
        return builder.build();
    }

    private static void check(KubeObject account, long seconds) {
        String problem = seconds < LEAST_SECONDS ? "may not specify a duration less than 10 minutes"
                : seconds > MOST_SECONDS ? "may not specify a duration larger than 2^32 seconds" : "";
        if (!problem.isEmpty()) {
            throw ApiException.invalid("authentication.k8s.io", "TokenRequest", account.name(), List.of(
                    new Cause("FieldValueInvalid", "Invalid value: " + seconds + ": " + problem,
                            "spec.expirationSeconds")));
        }
    }

    private static Optional<KubeObject> bound(Call call, KubeObject account, JsonObject reference) {
        if (reference.isEmpty()) {
            return Optional.empty();
        }
        var type = switch (reference.text("kind")) {
            case "Pod" -> Kinds.PODS;
            case "Secret" -> Kinds.SECRETS;
            case "Node" -> Kinds.NODES;
            default -> throw ApiException.badRequest("cannot bind token to object of type "
                    + reference.text("apiVersion") + ", Kind=" + reference.text("kind"));
        };
        String namespace = type.namespaced() ? account.namespace() : "";
        var object = call.registry().get(type.key(namespace, reference.text("name")));
        String uid = reference.text("uid");
        if (!uid.isEmpty() && !uid.equals(object.uid())) {
            throw ApiException.conflict(type.plural(), object.name(), "the UID in the bound object reference (" + uid
                    + ") does not match the UID in record. The object might have been deleted and then recreated");
        }
        if (type.equals(Kinds.PODS) && !object.spec().text("serviceAccountName").equals(account.name())) {
            throw ApiException.badRequest("cannot bind token for serviceaccount \"" + account.name()
                    + "\" to pod running with different serviceaccount name.");
        }
        return Optional.of(object);
    }
}
