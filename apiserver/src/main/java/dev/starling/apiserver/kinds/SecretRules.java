package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.KindRules;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.KubeObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.function.Function;

/** Secrets take plain texts, and show them encoded only. */
final class SecretRules implements KindRules {
    private static final Map<String, Function<KubeObject, String>> SELECTABLE = Fields.at("type");

    @Override
    public KubeObject prepareForCreate(KubeObject secret) {
        return encoded(secret);
    }

    @Override
    public KubeObject prepareForUpdate(KubeObject before, KubeObject after) {
        return encoded(after);
    }

    private static KubeObject encoded(KubeObject secret) {
        var texts = secret.tree().object("stringData").texts();
        var result = secret.without("stringData");
        for (var text : texts.entrySet()) {
            var value = Base64.getEncoder().encodeToString(text.getValue().getBytes(StandardCharsets.UTF_8));
            result = result.with(new JsonString(value), "data", text.getKey());
        }
        return result;
    }

    @Override
    public Map<String, Function<KubeObject, String>> selectable() {
        return SELECTABLE;
    }
}
