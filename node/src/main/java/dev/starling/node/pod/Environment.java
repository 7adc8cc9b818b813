package dev.starling.node.pod;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import dev.starling.node.runtime.ContainerSpec.EnvVar;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The environment of a container: service links, then {@code envFrom}, then {@code env}, each overriding what stands
 * before it. Values may refer to variables that are set before them.
 */
public final class Environment {
    private final PodView pod;
    private final ContainerView container;
    private final Sources sources;
    private final Fields.Place place;
    private final Map<String, String> values = new LinkedHashMap<>();

    private Environment(PodView pod, ContainerView container, Sources sources, Fields.Place place) {
        this.pod = pod;
        this.container = container;
        this.sources = sources;
        this.place = place;
    }

    /** @throws MissingConfigException if something that is not optional is not there */
    public static Map<String, String> of(PodView pod, ContainerView container, Sources sources, Fields.Place place) {
        var environment = new Environment(pod, container, sources, place);
        environment.collect();
        return environment.values;
    }

    public static List<EnvVar> variables(Map<String, String> values) {
        return values.entrySet().stream().map(e -> new EnvVar(e.getKey(), e.getValue())).toList();
    }

    private void collect() {
        var links = ServiceLinks.of(pod, sources);
        container.json().array("envFrom").objects().forEach(this::addAll);
        for (var variable : container.json().array("env").objects()) {
            // A variable may refer to a link that it shadows, so links are known but weaker than all others.
            var known = new LinkedHashMap<>(links);
            known.putAll(values);
            value(variable, known).ifPresent(value -> values.put(variable.text("name"), value));
        }
        links.forEach(values::putIfAbsent);
    }

    private void addAll(JsonObject from) {
        String prefix = from.text("prefix");
        from.find("configMapRef").ifPresent(ref -> source(Kinds.CONFIG_MAPS, ref.object())
                .ifPresent(map -> new TreeMap<>(map.tree().object("data").texts())
                        .forEach((key, value) -> values.put(prefix + key, value))));
        from.find("secretRef").ifPresent(ref -> source(Kinds.SECRETS, ref.object())
                .ifPresent(secret -> new TreeMap<>(secret.tree().object("data").texts())
                        .forEach((key, value) -> values.put(prefix + key, decoded(value)))));
    }

    private Optional<String> value(JsonObject variable, Map<String, String> known) {
        if (!variable.has("valueFrom")) {
            return Optional.of(Expansion.expand(variable.text("value"), known));
        }
        var from = variable.object("valueFrom");
        if (from.has("fieldRef")) {
            return Optional.of(Fields.value(pod, from.text("fieldRef", "fieldPath"), place));
        }
        if (from.has("resourceFieldRef")) {
            return Optional.of(Fields.resource(pod, from.object("resourceFieldRef"), container.name(), place));
        }
        if (from.has("configMapKeyRef")) {
            return key(Kinds.CONFIG_MAPS, from.object("configMapKeyRef"));
        }
        return key(Kinds.SECRETS, from.object("secretKeyRef")).map(Environment::decoded);
    }

    private Optional<String> key(ResourceType type, JsonObject ref) {
        var source = source(type, ref);
        String key = ref.text("key");
        var value = source.flatMap(object -> object.tree().object("data").find(key));
        if (source.isPresent() && value.isEmpty() && !ref.flag("optional")) {
            throw new MissingConfigException("couldn't find key " + key + " in " + type.kind() + " "
                    + pod.namespace() + "/" + ref.text("name"));
        }
        return value.map(v -> v.text());
    }

    private Optional<KubeObject> source(ResourceType type, JsonObject ref) {
        String name = ref.text("name");
        var found = sources.find(type, pod.namespace(), name);
        if (found.isEmpty() && !ref.flag("optional")) {
            String what = type.equals(Kinds.SECRETS) ? "secret" : "configmap";
            throw new MissingConfigException(what + " \"" + name + "\" not found");
        }
        return found;
    }

    private static String decoded(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }
}
