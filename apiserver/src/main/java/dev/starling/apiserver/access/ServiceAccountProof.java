package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.ObjectReader;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tokens of service accounts, while what they are bound to is there. */
public final class ServiceAccountProof implements TokenProof {
    private final Tokens tokens;
    private final ObjectReader objects;

    /** @param objects tells whether what a token is bound to still exists */
    public ServiceAccountProof(Tokens tokens, ObjectReader objects) {
        this.tokens = tokens;
        this.objects = objects;
    }

    @Override
    public Optional<Proven> prove(String token, List<String> audiences) {
        return tokens.check(token).flatMap(claims -> {
            var meant = claims.audiences().stream().filter(audiences::contains).toList();
            return meant.isEmpty() ? Optional.empty() : bound(claims, token).map(user -> new Proven(user, meant));
        });
    }

    /** The user of a token, while the service account and the pod that it is bound to are there. */
    private Optional<Caller> bound(Tokens.Claims claims, String token) {
        String namespace = claims.namespace();
        var account = claims.serviceAccount();
        var pod = claims.pod();
        if (!alive(Kinds.SERVICE_ACCOUNTS, namespace, account)
                || !pod.equals(Tokens.Bound.NOTHING) && !alive(Kinds.PODS, namespace, pod)
                || !claims.secret().equals(Tokens.Bound.NOTHING) && !holds(namespace, claims.secret(), token)
                || pod.equals(Tokens.Bound.NOTHING) && !claims.node().equals(Tokens.Bound.NOTHING)
                && !alive(Kinds.NODES, "", claims.node())) {
            return Optional.empty();
        }
        var extra = new HashMap<String, List<String>>();
        if (!claims.id().isEmpty()) {
            extra.put("authentication.kubernetes.io/credential-id", List.of("JTI=" + claims.id()));
        }
        if (!claims.node().equals(Tokens.Bound.NOTHING)) {
            extra.put("authentication.kubernetes.io/node-name", List.of(claims.node().name()));
            extra.put("authentication.kubernetes.io/node-uid", List.of(claims.node().uid()));
        }
        if (!pod.equals(Tokens.Bound.NOTHING)) {
            extra.put("authentication.kubernetes.io/pod-name", List.of(pod.name()));
            extra.put("authentication.kubernetes.io/pod-uid", List.of(pod.uid()));
        }
        var groups = List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace, Callers.AUTHENTICATED);
        return Optional.of(new Caller(claims.subject(), account.uid(), groups, Map.copyOf(extra)));
    }

    /** A token that lies in a Secret must lie there still; another dies with the Secret that it is bound to. */
    private boolean holds(String namespace, Tokens.Bound secret, String token) {
        if (!secret.uid().isEmpty()) {
            return alive(Kinds.SECRETS, namespace, secret);
        }
        var lies = objects.find(Kinds.SECRETS.key(namespace, secret.name()))
                .map(found -> found.tree().text("data", "token"));
        return lies.equals(Optional.of(encoded(token)));
    }

    private static String encoded(String token) {
        return Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.US_ASCII));
    }

    private boolean alive(ResourceType type, String namespace, Tokens.Bound bound) {
        return objects.find(type.key(namespace, bound.name())).filter(found -> found.uid().equals(bound.uid()))
                .isPresent();
    }
}
