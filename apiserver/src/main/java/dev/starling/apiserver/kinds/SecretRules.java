package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.KindRules;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Secrets stay until they are deleted, but for bootstrap tokens, which go when they are over. */
final class SecretRules implements KindRules {
    private static final String BOOTSTRAP_TOKEN = "bootstrap.kubernetes.io/token";
    private static final Map<String, Function<KubeObject, String>> SELECTABLE = Fields.at("type");

    @Override
    public Map<String, Function<KubeObject, String>> selectable() {
        return SELECTABLE;
    }

    @Override
    public boolean expire() {
        return true;
    }

    /** An end that cannot be read has passed, as in Kubernetes. */
    @Override
    public Optional<Instant> expires(KubeObject secret) {
        String encoded = secret.tree().text("data", "expiration");
        boolean token = secret.tree().text("type").equals(BOOTSTRAP_TOKEN) && secret.namespace().equals("kube-system");
        return token && !encoded.isEmpty() ? Optional.of(end(encoded)) : Optional.empty();
    }

    private static Instant end(String encoded) {
        try {
            return Times.parse(new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8))
                    .orElse(Instant.EPOCH);
        } catch (IllegalArgumentException e) {
            return Instant.EPOCH;
        }
    }
}
