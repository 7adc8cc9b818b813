package dev.starling.node.volume;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import dev.starling.node.pod.Fields;
import dev.starling.node.pod.MissingConfigException;
import dev.starling.node.pod.PodView;
import dev.starling.node.pod.Sources;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The files of a volume that comes from the API, by their paths in it: a pure function of the pod and the objects that
 * it refers to, except for tokens, which are asked for.
 */
final class Payload {
    private static final int DEFAULT_MODE = 0644;

    /** The content of a token's file. */
    interface TokenFiles {
        byte[] token(JsonObject source);
    }

    record Entry(byte[] content, int mode) {
    }

    private final PodView pod;
    private final Sources sources;
    private final TokenFiles tokens;
    private final Fields.Place place;
    private final Map<String, Entry> files = new TreeMap<>();

    private Payload(PodView pod, Sources sources, Fields.Place place, TokenFiles tokens) {
        this.pod = pod;
        this.sources = sources;
        this.place = place;
        this.tokens = tokens;
    }

    /** True for volumes whose files come from the API. */
    static boolean projects(JsonObject volume) {
        return volume.has("configMap") || volume.has("secret") || volume.has("downwardAPI") || volume.has("projected");
    }

    /** @throws MissingConfigException if something that is not optional is not there */
    static Map<String, Entry> of(JsonObject volume, PodView pod, Sources sources, Fields.Place place,
            TokenFiles tokens) {
        var payload = new Payload(pod, sources, place, tokens);
        payload.collect(volume);
        return payload.files;
    }

    private void collect(JsonObject volume) {
        if (volume.has("configMap")) {
            var source = volume.object("configMap");
            object(Kinds.CONFIG_MAPS, source, source.text("name"), mode(source));
        } else if (volume.has("secret")) {
            var source = volume.object("secret");
            object(Kinds.SECRETS, source, source.text("secretName"), mode(source));
        } else if (volume.has("downwardAPI")) {
            downward(volume.object("downwardAPI"), mode(volume.object("downwardAPI")));
        } else {
            projected(volume.object("projected"));
        }
    }

    private void projected(JsonObject projected) {
        int mode = mode(projected);
        for (var source : projected.array("sources").objects()) {
            if (source.has("configMap")) {
                object(Kinds.CONFIG_MAPS, source.object("configMap"), source.text("configMap", "name"), mode);
            } else if (source.has("secret")) {
                object(Kinds.SECRETS, source.object("secret"), source.text("secret", "name"), mode);
            } else if (source.has("downwardAPI")) {
                downward(source.object("downwardAPI"), mode);
            } else if (source.has("serviceAccountToken")) {
                var token = source.object("serviceAccountToken");
                files.put(token.text("path"), new Entry(tokens.token(token), mode));
            }
        }
    }

    private static int mode(JsonObject source) {
        return (int) source.at("defaultMode").number(DEFAULT_MODE);
    }

    private void object(ResourceType type, JsonObject source, String name, int mode) {
        boolean optional = source.flag("optional");
        boolean secret = type.equals(Kinds.SECRETS);
        var found = sources.find(type, pod.namespace(), name);
        if (found.isEmpty()) {
            if (!optional) {
                throw new MissingConfigException((secret ? "secret" : "configmap") + " \"" + name + "\" not found");
            }
            return;
        }
        var content = content(type, found.get());
        var items = source.array("items").objects();
        if (items.isEmpty()) {
            content.forEach((key, bytes) -> files.put(key, new Entry(bytes, mode)));
        }
        for (var item : items) {
            var bytes = Optional.ofNullable(content.get(item.text("key")));
            if (bytes.isEmpty() && !optional) {
                throw new MissingConfigException("references non-existent " + (secret ? "secret" : "config")
                        + " key: " + item.text("key"));
            }
            bytes.ifPresent(b -> files.put(item.text("path"), new Entry(b, (int) item.at("mode").number(mode))));
        }
    }

    private static Map<String, byte[]> content(ResourceType type, KubeObject object) {
        var content = new TreeMap<String, byte[]>();
        boolean encoded = type.equals(Kinds.SECRETS);
        object.tree().object("data").texts().forEach((key, value) -> content.put(key,
                encoded ? Base64.getDecoder().decode(value) : value.getBytes(StandardCharsets.UTF_8)));
        object.tree().object("binaryData").texts()
                .forEach((key, value) -> content.put(key, Base64.getDecoder().decode(value)));
        return content;
    }

    private void downward(JsonObject source, int mode) {
        for (var item : source.array("items").objects()) {
            String value = item.has("fieldRef") ? Fields.value(pod, item.text("fieldRef", "fieldPath"), place)
                    : Fields.resource(pod, item.object("resourceFieldRef"), "", place);
            files.put(item.text("path"), new Entry(value.getBytes(StandardCharsets.UTF_8),
                    (int) item.at("mode").number(mode)));
        }
    }

    /** The first names of all paths: what the volume's folder shows. */
    static List<String> tops(Map<String, Entry> files) {
        var tops = new ArrayList<String>();
        for (String path : files.keySet()) {
            int slash = path.indexOf('/');
            String top = slash < 0 ? path : path.substring(0, slash);
            if (!tops.contains(top)) {
                tops.add(top);
            }
        }
        return tops;
    }
}
