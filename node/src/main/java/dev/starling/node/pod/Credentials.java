package dev.starling.node.pod;

import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.Kinds;
import dev.starling.node.runtime.RegistryCredentials;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Finds who a pod is to an image's registry: its own {@code imagePullSecrets}, then its service account's. */
public final class Credentials {
    private static final String DOCKER_HUB = "index.docker.io";

    private Credentials() {
    }

    public static RegistryCredentials of(PodView pod, String image, Sources sources) {
        var names = new ArrayList<>(names(pod.spec()));
        sources.find(Kinds.SERVICE_ACCOUNTS, pod.namespace(), pod.serviceAccount())
                .ifPresent(account -> names.addAll(names(account.tree())));
        for (String name : names) {
            var secret = sources.find(Kinds.SECRETS, pod.namespace(), name);
            if (secret.isPresent()) {
                var found = in(secret.get().tree().object("data"), registry(image));
                if (!found.anonymous()) {
                    return found;
                }
            }
        }
        return RegistryCredentials.ANONYMOUS;
    }

    private static List<String> names(JsonObject owner) {
        return owner.array("imagePullSecrets").objects().stream().map(ref -> ref.text("name")).toList();
    }

    private static RegistryCredentials in(JsonObject secret, String registry) {
        try {
            String packed = secret.text(".dockerconfigjson");
            var entries = JsonReader.readObject(Base64.getDecoder().decode(packed)).object("auths");
            for (var entry : entries.entries()) {
                if (host(entry.getKey()).equals(registry)) {
                    return from(entry.getValue().object());
                }
            }
        } catch (JsonException | IllegalArgumentException e) {
            // A secret of another form names nobody, as upstream treats it.
            return RegistryCredentials.ANONYMOUS;
        }
        return RegistryCredentials.ANONYMOUS;
    }

    private static RegistryCredentials from(JsonObject entry) {
        String user = entry.text("username");
        String password = entry.text("password");
        if (user.isEmpty() && entry.has("auth")) {
            String pair = new String(Base64.getDecoder().decode(entry.text("auth")), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            user = colon < 0 ? pair : pair.substring(0, colon);
            password = colon < 0 ? "" : pair.substring(colon + 1);
        }
        return new RegistryCredentials(user, password, entry.text("identitytoken"));
    }

    /** The registry of an image reference, as Docker reads it. */
    static String registry(String image) {
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        boolean host = first.contains(".") || first.contains(":") || first.equals("localhost");
        return host && !first.equals("docker.io") ? first : DOCKER_HUB;
    }

    private static String host(String url) {
        String bare = url.replaceFirst("^https?://", "");
        int slash = bare.indexOf('/');
        String host = slash < 0 ? bare : bare.substring(0, slash);
        return host.equals("docker.io") ? DOCKER_HUB : host;
    }
}
