package dev.starling.apiserver.registry;

import dev.starling.apiserver.registry.FieldOwnership.Edit;
import dev.starling.apiserver.registry.ManagedEntry.Owner;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.patch.Applied;
import dev.starling.kube.patch.FieldSet;
import dev.starling.kube.patch.TreeDiff;
import dev.starling.kube.patch.TypeCheck;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

/**
 * Objects that kubectl applied from the client's side carry the configuration in an annotation. Where kubectl applies
 * them from the server's side, what the annotation says and still stands is no conflict, and the annotation follows
 * (source: Kubernetes' last-applied managers). Pure functions.
 */
final class LastApplied {
    private static final String ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";
    private static final String KUBECTL = "kubectl";
    private static final int MOST_BYTES = 256 << 10;

    private LastApplied() {
    }

    /** @throws ApiException CONFLICT unless the annotation allows all that is disputed */
    static void refuse(Edit edit, KubeObject live, Map<Owner, FieldSet> conflicts) {
        var allowed = isKubectl(edit) ? allowed(edit, live) : FieldSet.NONE;
        var left = new TreeMap<Owner, FieldSet>();
        conflicts.forEach((owner, fields) -> {
            var disputed = fields.minus(allowed);
            if (!disputed.isEmpty()) {
                left.put(owner, disputed);
            }
        });
        if (!left.isEmpty()) {
            throw conflict(left);
        }
    }

    private static boolean isKubectl(Edit edit) {
        return edit.owner().manager().equals(KUBECTL);
    }

    /** What the annotation says and the live object still shows. */
    private static FieldSet allowed(Edit edit, KubeObject live) {
        var typing = edit.kind().schema().typing();
        var configuration = configuration(live);
        boolean fits = configuration.text("apiVersion").equals(edit.apiVersion())
                && TypeCheck.faults(configuration, typing).isEmpty();
        if (!fits) {
            return FieldSet.NONE;
        }
        var diff = TreeDiff.between(configuration, live.tree(), typing);
        return Applied.owned(configuration, typing).minus(diff.modified()).minus(diff.added()).minus(diff.removed());
    }

    private static JsonObject configuration(KubeObject live) {
        String text = live.metadata().text("annotations", ANNOTATION);
        if (text.isEmpty()) {
            return JsonObject.EMPTY;
        }
        try {
            return JsonReader.readObject(text.getBytes(StandardCharsets.UTF_8));
        } catch (JsonException e) {
            return JsonObject.EMPTY;
        }
    }

    /** The object with the annotation, if it has one, as kubectl would write it now. */
    static KubeObject renewed(Edit edit, KubeObject after, JsonObject configuration) {
        var annotations = after.metadata().object("annotations");
        if (!isKubectl(edit) || annotations.text(ANNOTATION).isEmpty()) {
            return after;
        }
        String text = sorted(configuration.withoutAt("metadata", "annotations", ANNOTATION)) + "\n";
        var renewed = annotations.with(ANNOTATION, Json.of(text));
        int bytes = 0;
        for (var entry : renewed.texts().entrySet()) {
            bytes += entry.getKey().length() + entry.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        return after.with(bytes > MOST_BYTES ? annotations.without(ANNOTATION) : renewed, "metadata", "annotations");
    }

    private static Json sorted(Json value) {
        if (value instanceof JsonArray list) {
            return JsonArray.of(list.stream().map(LastApplied::sorted).toList());
        }
        if (!(value instanceof JsonObject object)) {
            return value;
        }
        var builder = JsonObject.builder();
        object.names().stream().sorted().forEach(name -> builder.put(name, sorted(object.at(name))));
        return builder.build();
    }

    private static ApiException conflict(Map<Owner, FieldSet> conflicts) {
        var causes = new ArrayList<Json>();
        var lines = new ArrayList<String>();
        conflicts.forEach((owner, fields) -> {
            lines.add("conflicts with " + owner.shown() + ":");
            for (String path : fields.texts()) {
                lines.add("- " + path);
                causes.add(JsonObject.of("reason", "FieldManagerConflict", "message", "conflict with " + owner.shown(),
                        "field", path));
            }
        });
        String message = causes.size() == 1 ? "Apply failed with 1 conflict: "
                + causes.getFirst().object().text("message") + ": " + causes.getFirst().object().text("field")
                : "Apply failed with " + causes.size() + " conflicts: " + String.join("\n", lines);
        return new ApiException(Reason.CONFLICT, message, JsonObject.of("causes", JsonArray.of(causes)));
    }
}
