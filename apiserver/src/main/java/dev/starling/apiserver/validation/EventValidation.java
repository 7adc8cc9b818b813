package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldPath;
import dev.starling.apiserver.versions.EventVersions;
import dev.starling.kube.json.JsonObject;
import java.util.List;

/**
 * Events of both groups. One with {@code eventTime} is of the newer make and must say more, and {@code events.k8s.io}
 * takes no other. Source: {@code pkg/apis/core/validation/events.go}.
 */
final class EventValidation {
    private static final int MOST_NOTE = 1024;
    private static final int MOST_WORD = 128;
    private static final List<String> FIXED = List.of("involvedObject", "reason", "message", "type", "eventTime",
            "action", "related", "reportingComponent", "reportingInstance");

    private EventValidation() {
    }

    static void check(boolean grouped, JsonObject object, Findings findings) {
        JsonObject event = grouped ? EventVersions.core(object) : object;
        String namespace = event.text("metadata", "namespace");
        String involved = event.text("involvedObject", "namespace");
        boolean timed = !event.at("eventTime").isNull();
        boolean anywhere = involved.isEmpty()
                && (namespace.equals("default") || timed && namespace.equals("kube-system"));
        boolean fits = timed && !involved.isEmpty() || involved.equals(namespace);
        if (!anywhere && !fits) {
            findings.invalid(FieldPath.of("involvedObject").child("namespace"), involved,
                    "does not match event.namespace");
        }
        if (timed) {
            complete(event, grouped ? "reportingController" : "reportingComponent", findings);
        }
        if (grouped) {
            grouped(event, timed, findings);
        }
    }

    private static void complete(JsonObject event, String controller, Findings findings) {
        String reporting = event.text("reportingComponent");
        if (reporting.isEmpty()) {
            findings.required(FieldPath.of(controller), "");
        }
        findings.format(FieldPath.of(controller), reporting, Formats::qualifiedName);
        for (String field : List.of("reportingInstance", "action", "reason")) {
            if (findings.present(event, FieldPath.ROOT, field) && event.text(field).length() > MOST_WORD) {
                findings.invalid(FieldPath.of(field), "", "can have at most 128 characters");
            }
        }
        if (event.text("message").length() > MOST_NOTE) {
            findings.invalid(FieldPath.of("message"), "", "can have at most 1024 characters");
        }
    }

    private static void grouped(JsonObject event, boolean timed, Findings findings) {
        findings.format(FieldPath.of("metadata").child("name"), event.text("metadata", "name"), Formats::subdomain);
        if (!timed) {
            findings.required(FieldPath.of("eventTime"), "");
        }
        String type = event.text("type");
        if (!type.equals("Normal") && !type.equals("Warning")) {
            findings.invalid(FieldPath.of("type"), "", "has invalid value: " + type);
        }
        for (String field : List.of("firstTimestamp", "lastTimestamp")) {
            if (!event.at(field).isNull()) {
                findings.invalid(FieldPath.of(field), "", "needs to be unset");
            }
        }
        if (event.at("count").number(0) != 0) {
            findings.invalid(FieldPath.of("count"), "", "needs to be unset");
        }
        if (!event.text("source", "component").isEmpty() || !event.text("source", "host").isEmpty()) {
            findings.invalid(FieldPath.of("source"), "", "needs to be unset");
        }
    }

    /** Of an event of {@code events.k8s.io}. */
    static void checkUpdate(JsonObject before, JsonObject after, Findings findings) {
        JsonObject old = EventVersions.core(before);
        JsonObject wanted = EventVersions.core(after);
        FIXED.forEach(field -> findings.immutable(FieldPath.of(field), old.at(field), wanted.at(field)));
    }
}
