package dev.starling.apiserver.kinds;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonDouble;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.KubeObject;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Fields as field selectors see them. */
final class Fields {
    private Fields() {
    }

    static Map<String, Function<KubeObject, String>> at(String... paths) {
        return Arrays.stream(paths).collect(Collectors.toUnmodifiableMap(path -> path, Fields::reader));
    }

    private static Function<KubeObject, String> reader(String path) {
        var steps = path.split("\\.");
        return object -> text(object.tree().at(steps));
    }

    private static String text(Json value) {
        return switch (value) {
            case JsonString(var text) -> text;
            case JsonLong number -> number.toString();
            case JsonDouble number -> number.toString();
            case JsonBoolean flag -> flag.toString();
            case JsonNull absent -> "";
            case JsonObject object -> "";
            case JsonArray array -> "";
        };
    }

    /** As {@link #at}, for a number or flag that reads as its zero value where it is absent. */
    static Function<KubeObject, String> orElse(String otherwise, String path) {
        var reader = reader(path);
        return object -> {
            var text = reader.apply(object);
            return text.isEmpty() ? otherwise : text;
        };
    }
}
