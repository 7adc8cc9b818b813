package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.ObjectReader;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Bootstrap tokens, {@code ID.SECRET}: each is a Secret {@code bootstrap-token-ID} of kube-system. */
final class BootstrapTokenProof implements TokenProof {
    private static final Pattern TOKEN = Pattern.compile("([a-z0-9]{6})\\.([a-z0-9]{16})");
    private static final Pattern GROUP = Pattern.compile("system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]");
    private static final String TYPE = "bootstrap.kubernetes.io/token";
    private static final String EVERYONE = "system:bootstrappers";

    private final ObjectReader objects;
    private final InstantSource clock;

    BootstrapTokenProof(ObjectReader objects, InstantSource clock) {
        this.objects = objects;
        this.clock = clock;
    }

    @Override
    public Optional<Proven> prove(String token, List<String> audiences) {
        var parts = TOKEN.matcher(token);
        if (!parts.matches()) {
            return Optional.empty();
        }
        return TokenProof.here(objects.find(Kinds.SECRETS.key("kube-system", "bootstrap-token-" + parts.group(1)))
                .filter(secret -> good(secret, parts.group(1), parts.group(2)))
                .flatMap(secret -> user(secret, parts.group(1))), audiences);
    }

    private boolean good(KubeObject secret, String id, String shown) {
        if (!secret.tree().text("type").equals(TYPE) || secret.deleting() || !text(secret, "token-id").equals(id)
                || !text(secret, "usage-bootstrap-authentication").equals("true")) {
            return false;
        }
        String ends = text(secret, "expiration");
        boolean over = !ends.isEmpty() && !Times.parse(ends).filter(clock.instant()::isBefore).isPresent();
        return !over && MessageDigest.isEqual(text(secret, "token-secret").getBytes(StandardCharsets.UTF_8),
                shown.getBytes(StandardCharsets.UTF_8));
    }

    /** Nothing if the Secret names a group that bootstrappers may not be in. */
    private static Optional<Caller> user(KubeObject secret, String id) {
        var groups = new ArrayList<>(List.of(EVERYONE));
        for (String group : text(secret, "auth-extra-groups").split(",")) {
            if (!group.isBlank()) {
                groups.add(group.strip());
            }
        }
        boolean allowed = groups.stream().skip(1).allMatch(group -> GROUP.matcher(group).matches());
        return allowed ? Optional.of(Callers.authenticated("system:bootstrap:" + id, groups)) : Optional.empty();
    }

    private static String text(KubeObject secret, String key) {
        try {
            return new String(Base64.getDecoder().decode(secret.tree().text("data", key)), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
