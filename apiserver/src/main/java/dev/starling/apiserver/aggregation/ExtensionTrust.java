package dev.starling.apiserver.aggregation;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Keeps the ConfigMap from which aggregated servers learn whose certificates and headers to believe. What others put
 * beside that stays.
 */
public final class ExtensionTrust implements Loop {
    private static final System.Logger LOG = System.getLogger(ExtensionTrust.class.getName());
    private static final ObjectKey KEY = Kinds.CONFIG_MAPS.key("kube-system", "extension-apiserver-authentication");
    private static final Duration PAUSE = Duration.ofMinutes(1);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final KubeApi api;
    private final Map<String, String> trust;
    private boolean told; // of the loop's thread: that it was refused is told once

    /** @param trust the entries of the ConfigMap */
    public ExtensionTrust(KubeApi api, Map<String, String> trust) {
        this.api = api;
        this.trust = Map.copyOf(trust);
    }

    @Override
    public String name() {
        return "extension-trust";
    }

    @Override
    public Next step(Instant now) {
        try {
            keep();
            told = false;
            return Next.at(now.plus(PAUSE));
        } catch (ApiException e) {
            boolean overtaken = e.is(Reason.CONFLICT) || e.is(Reason.ALREADY_EXISTS);
            LOG.log(overtaken || told ? Level.DEBUG : Level.WARNING,
                    "what aggregated servers are to trust was not written, and is tried again key=" + KEY + " reason="
                            + e.getMessage());
            told |= !overtaken;
            return Next.at(now.plus(RETRY));
        }
    }

    private void keep() {
        try {
            var before = api.get(KEY);
            var after = before;
            for (var entry : trust.entrySet()) {
                after = after.with(entry.getValue(), "data", entry.getKey());
            }
            if (!after.equals(before)) {
                api.update(KEY, after);
            }
        } catch (ApiException e) {
            if (!e.is(Reason.NOT_FOUND)) {
                throw e;
            }
            api.create(KEY, KubeObject.named(Kinds.CONFIG_MAPS, "kube-system", KEY.name())
                    .with(JsonObject.strings(trust), "data"));
        }
    }
}
