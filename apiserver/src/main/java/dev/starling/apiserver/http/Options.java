package dev.starling.apiserver.http;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.WatchQuery;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.FieldSelector;
import dev.starling.kube.object.LabelSelector;
import dev.starling.kube.object.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The options of calls, read from query parameters and, for deletions, from the body. */
final class Options {
    private static final String MATCH = "resourceVersionMatch";
    private static final int MOST_MANAGER_CHARACTERS = 128;

    private Options() {
    }

    static WriteOptions write(Query query, String userAgent) {
        String manager = query.text("fieldManager");
        return new WriteOptions(dryRun(query.all("dryRun"), "CreateOptions"),
                manager.isEmpty() ? agent(userAgent) : manager(manager), validation(query.text("fieldValidation")));
    }

    /**
     * Whether an application takes fields from their owners.
     *
     * @throws ApiException INVALID where the options do not fit the kind of patch
     */
    static boolean force(Query query, boolean applies) {
        if (applies && query.text("fieldManager").isEmpty()) {
            throw misfit("PatchOptions", "FieldValueRequired", "Required value: is required for apply patch",
                    "fieldManager");
        }
        if (!applies && query.has("force")) {
            throw misfit("PatchOptions", "FieldValueForbidden", "Forbidden: may not be specified for non-apply patch",
                    "force");
        }
        return query.flag("force");
    }

    private static ApiException misfit(String kind, String reason, String message, String field) {
        return ApiException.invalid("meta.k8s.io", kind, "", List.of(new ApiException.Cause(reason, message, field)));
    }

    private static String manager(String name) {
        if (name.length() > MOST_MANAGER_CHARACTERS) {
            throw misfit("PatchOptions", "FieldValueTooLong", "Too long: may not be more than "
                    + MOST_MANAGER_CHARACTERS + " bytes", "fieldManager");
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw misfit("PatchOptions", "FieldValueInvalid", "Invalid value: " + Json.of(name)
                    + ": should only contain printable characters", "fieldManager");
        }
        return name;
    }

    /** The manager of a client that names none: the first word of its user agent, as upstream takes it. */
    private static String agent(String userAgent) {
        int slash = userAgent.indexOf('/');
        String name = slash < 0 ? userAgent : userAgent.substring(0, slash);
        return name.length() > MOST_MANAGER_CHARACTERS ? name.substring(0, MOST_MANAGER_CHARACTERS) : name;
    }

    private static boolean dryRun(List<String> values, String kind) {
        if (values.stream().anyMatch(value -> !value.equals("All"))) {
            throw ApiException.invalid("meta.k8s.io", kind, "", List.of(new ApiException.Cause("FieldValueNotSupported",
                    "Unsupported value: " + JsonArray.strings(values) + ": supported values: \"All\"", "dryRun")));
        }
        return !values.isEmpty();
    }

    private static WriteOptions.FieldValidation validation(String text) {
        if (text.isEmpty()) {
            return WriteOptions.FieldValidation.WARN;
        }
        for (var validation : WriteOptions.FieldValidation.values()) {
            if (validation.text().equals(text)) {
                return validation;
            }
        }
        throw ApiException.invalid("meta.k8s.io", "CreateOptions", "", List.of(new ApiException.Cause(
                "FieldValueNotSupported", "Unsupported value: \"" + text
                        + "\": supported values: \"Ignore\", \"Strict\", \"Warn\"", "fieldValidation")));
    }

    static ListQuery list(ResourceType type, String namespace, Query query) {
        if (query.has("sendInitialEvents")) {
            throw invalidList(List.of(forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list")));
        }
        long limit = query.number("limit").orElse(0);
        return new ListQuery(type, namespace, labels(query), fields(query),
                (int) Math.clamp(limit, 0, Integer.MAX_VALUE), query.text("continue"),
                query.text("resourceVersion"), query.text("resourceVersionMatch"));
    }

    static WatchQuery watch(ResourceType type, String namespace, Query query) {
        var causes = watchCauses(query);
        if (!causes.isEmpty()) {
            throw invalidList(causes);
        }
        var initial = !query.has("sendInitialEvents") ? WatchQuery.Initial.UNSET
                : query.flag("sendInitialEvents") ? WatchQuery.Initial.SEND : WatchQuery.Initial.OMIT;
        return new WatchQuery(type, namespace, labels(query), fields(query), query.text("resourceVersion"),
                query.flag("allowWatchBookmarks"), initial);
    }

    /** Source: {@code apimachinery/pkg/apis/meta/internalversion/validation}. */
    private static List<ApiException.Cause> watchCauses(Query query) {
        var causes = new ArrayList<ApiException.Cause>();
        String match = query.text(MATCH);
        if (query.has("sendInitialEvents") && !match.equals("NotOlderThan")) {
            causes.add(forbidden(MATCH, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
        }
        if (match.isEmpty()) {
            return causes;
        }
        if (!query.has("sendInitialEvents")) {
            causes.add(forbidden(MATCH,
                    "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
        }
        if (!match.equals("NotOlderThan")) {
            causes.add(new ApiException.Cause("FieldValueNotSupported", "Unsupported value: \"" + match
                    + "\": supported values: \"NotOlderThan\"", MATCH));
        }
        if (!query.text("continue").isEmpty()) {
            causes.add(forbidden(MATCH, "resourceVersionMatch is forbidden when continue is provided"));
        }
        return causes;
    }

    private static ApiException.Cause forbidden(String field, String why) {
        return new ApiException.Cause("FieldValueForbidden", "Forbidden: " + why, field);
    }

    private static ApiException invalidList(List<ApiException.Cause> causes) {
        return ApiException.invalid("meta.k8s.io", "ListOptions", "", causes);
    }

    private static LabelSelector labels(Query query) {
        try {
            return LabelSelector.parse(query.text("labelSelector"));
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest(e.getMessage());
        }
    }

    private static FieldSelector fields(Query query) {
        try {
            return FieldSelector.parse(query.text("fieldSelector"));
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest(e.getMessage());
        }
    }

    /** The body's options, if it has any, else those of the query. */
    static DeleteOptions delete(Query query, Optional<JsonObject> body) {
        return body.map(Options::delete).orElseGet(() -> new DeleteOptions(query.number("gracePeriodSeconds"),
                propagation(query.text("propagationPolicy"), query.has("orphanDependents"),
                        query.flag("orphanDependents")),
                Optional.empty(), Optional.empty(), dryRun(query.all("dryRun"), "DeleteOptions")));
    }

    private static DeleteOptions delete(JsonObject body) {
        var conditions = body.object("preconditions");
        return new DeleteOptions(
                grace(body.at("gracePeriodSeconds")),
                propagation(body.text("propagationPolicy"), !body.at("orphanDependents").isNull(),
                        body.flag("orphanDependents")),
                text(conditions, "uid"), text(conditions, "resourceVersion"),
                dryRun(body.array("dryRun").texts(), "DeleteOptions"));
    }

    /** A period of the wrong type must not pass for the default one. */
    private static OptionalLong grace(Json period) {
        if (period.isNull()) {
            return OptionalLong.empty();
        }
        if (period instanceof JsonLong(var seconds)) {
            return OptionalLong.of(seconds);
        }
        throw ApiException.badRequest("DeleteOptions in version \"v1\" cannot be handled as a DeleteOptions: "
                + "json: cannot unmarshal " + period + " into Go struct field DeleteOptions.gracePeriodSeconds "
                + "of type int64");
    }

    private static Optional<String> text(JsonObject object, String name) {
        return object.find(name).map(Json::text);
    }

    private static Optional<DeleteOptions.Propagation> propagation(String policy, boolean asked, boolean orphan) {
        for (var propagation : DeleteOptions.Propagation.values()) {
            if (propagation.text().equals(policy)) {
                return Optional.of(propagation);
            }
        }
        if (!policy.isEmpty()) {
            throw ApiException.invalid("meta.k8s.io", "DeleteOptions", "", List.of(new ApiException.Cause(
                    "FieldValueNotSupported", "Unsupported value: \"" + policy
                            + "\": supported values: \"Background\", \"Foreground\", \"Orphan\"",
                            "propagationPolicy")));
        }
        return asked ? Optional.of(orphan ? DeleteOptions.Propagation.ORPHAN : DeleteOptions.Propagation.BACKGROUND)
                : Optional.empty();
    }
}
