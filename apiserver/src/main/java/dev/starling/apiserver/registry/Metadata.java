package dev.starling.apiserver.registry;

import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The rules of {@code metadata}, which all kinds share. Pure functions. */
final class Metadata {
    /** What a client may write. */
    private static final List<String> CLIENTS =
            List.of("generateName", "labels", "annotations", "ownerReferences", "finalizers");
    /** What only the server writes. */
    private static final List<String> SERVERS = List.of("uid", "resourceVersion", "generation", "creationTimestamp",
            "deletionTimestamp", "deletionGracePeriodSeconds");

    private Metadata() {
    }

    /** What the server gives to a new object. */
    record Birth(String namespace, String name, String uid, Instant now) {
    }

    static KubeObject created(KubeObject object, Birth birth, boolean generation) {
        var given = object.metadata();
        var builder = JsonObject.builder().put("name", birth.name());
        builder.putText("generateName", given.text("generateName")).putText("namespace", birth.namespace())
                .put("uid", birth.uid());
        if (generation) {
            builder.put("generation", 1);
        }
        builder.put("creationTimestamp", Times.seconds(birth.now()));
        copyClients(given, builder);
        return object.with(builder.build(), "metadata");
    }

    /** The wanted metadata with the server's own part as it was; the resourceVersion is the stored one. */
    static KubeObject updated(KubeObject before, KubeObject wanted) {
        var builder = JsonObject.builder().put("name", before.name());
        builder.putText("generateName", wanted.metadata().text("generateName"))
                .putText("namespace", before.namespace());
        for (String field : SERVERS) {
            before.metadata().find(field).ifPresent(value -> builder.put(field, value));
        }
        copyClients(wanted.metadata(), builder);
        return wanted.with(builder.build(), "metadata");
    }

    private static void copyClients(JsonObject given, JsonObject.Builder builder) {
        for (String field : CLIENTS) {
            given.find(field).filter(value -> !empty(value)).ifPresent(value -> builder.put(field, value));
        }
    }

    private static boolean empty(Json value) {
        return value instanceof JsonObject object && object.isEmpty()
                || value instanceof JsonArray array && array.isEmpty()
                || value instanceof JsonString text && text.value().isEmpty() || value.isNull();
    }

    /** The next generation, for kinds that count it. */
    static KubeObject generationRaised(KubeObject object) {
        return object.with(new JsonLong(object.generation() + 1), "metadata", "generation");
    }

    static KubeObject finalizers(KubeObject object, List<String> finalizers) {
        return finalizers.isEmpty() ? object.without("metadata", "finalizers")
                : object.with(JsonArray.strings(finalizers), "metadata", "finalizers");
    }

    static KubeObject marked(KubeObject object, Instant deletion, long graceSeconds) {
        return object.with(Times.seconds(deletion), "metadata", "deletionTimestamp")
                .with(new JsonLong(graceSeconds), "metadata", "deletionGracePeriodSeconds");
    }

    static List<Cause> violations(KubeObject object, NameRule rule) {
        var causes = new ArrayList<Cause>();
        rule.violation(object.name()).ifPresent(message -> causes.add(new Cause("FieldValueInvalid",
                "Invalid value: \"" + object.name() + "\": " + message, "metadata.name")));
        return causes;
    }

    static List<Cause> updateViolations(KubeObject before, KubeObject after) {
        if (!before.deleting()) {
            return List.of();
        }
        var fresh = new ArrayList<>(after.finalizers());
        fresh.removeAll(before.finalizers());
        if (fresh.isEmpty()) {
            return List.of();
        }
        var quoted = fresh.stream().map(name -> "\"" + name + "\"").toList();
        return List.of(new Cause("FieldValueForbidden", "Forbidden: no new finalizers can be added if the object is "
                + "being deleted, found new finalizers []string{" + String.join(", ", quoted) + "}",
                "metadata.finalizers"));
    }
}
