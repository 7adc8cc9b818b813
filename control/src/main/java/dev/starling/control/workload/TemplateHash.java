package dev.starling.control.workload;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonDouble;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A short, stable name for a pod template: equal templates have equal hashes, in whatever order their fields stand. */
public final class TemplateHash {
    /** The label that tells the pods of one ReplicaSet from those of another. */
    public static final String LABEL = "pod-template-hash";
    /** No vowels and no look-alikes, so that no word comes out (source: apimachinery's {@code SafeEncodeString}). */
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
    private static final int LENGTH = 10;

    private TemplateHash() {
    }

    /** @param collisions how often a hash of this owner met another template's: a different hash for each */
    public static String of(JsonObject template, long collisions) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : (sorted(template) + "#" + collisions).getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b & 0xff) * 0x100000001b3L;
        }
        var text = new StringBuilder();
        for (int i = 0; i < LENGTH; i++) {
            text.append(ALPHABET.charAt((int) Long.remainderUnsigned(hash, ALPHABET.length())));
            hash = Long.divideUnsigned(hash, ALPHABET.length());
        }
        return text.toString();
    }

    private static Json sorted(Json value) {
        return switch (value) {
            case JsonObject object -> {
                var fields = JsonObject.builder();
                object.entries().stream().sorted(Map.Entry.comparingByKey())
                        .forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
                yield fields.build();
            }
            case JsonArray array -> JsonArray.of(array.stream().map(TemplateHash::sorted).toList());
            case JsonString text -> text;
            case JsonLong number -> number;
            case JsonDouble number -> number;
            case JsonBoolean flag -> flag;
            case JsonNull nothing -> nothing;
        };
    }
}
