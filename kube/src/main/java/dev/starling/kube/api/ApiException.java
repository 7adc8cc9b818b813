package dev.starling.kube.api;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.util.List;
import java.util.Set;

/**
 * A refusal, the same from both transports: one {@link Reason} per {@code metav1.StatusReason}, with the message and
 * details that Kubernetes gives. The factories word messages as upstream's {@code apimachinery/pkg/api/errors} does.
 */
public final class ApiException extends RuntimeException {

    /** Who can do something about it. */
    public enum Fault { CALLER, CONFLICT, OVERLOAD, EXTERNAL, BUG }

    /** A {@code metav1.StatusReason} with its HTTP status code. */
    public enum Reason {
        BAD_REQUEST("BadRequest", 400, Fault.CALLER),
        UNAUTHORIZED("Unauthorized", 401, Fault.CALLER),
        FORBIDDEN("Forbidden", 403, Fault.CALLER),
        NOT_FOUND("NotFound", 404, Fault.CALLER),
        METHOD_NOT_ALLOWED("MethodNotAllowed", 405, Fault.CALLER),
        NOT_ACCEPTABLE("NotAcceptable", 406, Fault.CALLER),
        ALREADY_EXISTS("AlreadyExists", 409, Fault.CONFLICT),
        CONFLICT("Conflict", 409, Fault.CONFLICT),
        GONE("Gone", 410, Fault.CONFLICT),
        EXPIRED("Expired", 410, Fault.CONFLICT),
        REQUEST_ENTITY_TOO_LARGE("RequestEntityTooLarge", 413, Fault.CALLER),
        UNSUPPORTED_MEDIA_TYPE("UnsupportedMediaType", 415, Fault.CALLER),
        INVALID("Invalid", 422, Fault.CALLER),
        TOO_MANY_REQUESTS("TooManyRequests", 429, Fault.OVERLOAD),
        INTERNAL_ERROR("InternalError", 500, Fault.BUG),
        NOT_IMPLEMENTED("NotImplemented", 501, Fault.CALLER),
        SERVICE_UNAVAILABLE("ServiceUnavailable", 503, Fault.EXTERNAL),
        TIMEOUT("Timeout", 504, Fault.EXTERNAL);

        private final String text;
        private final int code;
        private final Fault fault;

        Reason(String text, int code, Fault fault) {
            this.text = text;
            this.code = code;
            this.fault = fault;
        }

        public String text() {
            return text;
        }

        public int code() {
            return code;
        }

        public Fault fault() {
            return fault;
        }

        /** The reason with this text, else the first with this code, else {@code INTERNAL_ERROR}. */
        public static Reason of(String text, int code) {
            for (var reason : values()) {
                if (reason.text.equals(text)) {
                    return reason;
                }
            }
            for (var reason : values()) {
                if (reason.code == code) {
                    return reason;
                }
            }
            return INTERNAL_ERROR;
        }
    }

    /** One entry of {@code details.causes}: {@code FieldValueInvalid}, its message, and the field's path. */
    public record Cause(String reason, String message, String field) {
    }

    /** Clients of others follow {@code details} of these without a look whether there are any, as upstream's has. */
    private static final Set<Reason> DETAILED = Set.of(Reason.NOT_FOUND, Reason.METHOD_NOT_ALLOWED, Reason.INVALID);

    private final transient Reason reason;
    private final transient JsonObject details;
    private final transient String continueToken;

    public ApiException(Reason reason, String message, JsonObject details) {
        this(reason, message, details, "");
    }

    private ApiException(Reason reason, String message, JsonObject details, String continueToken) {
        super(message, null, reason == Reason.INTERNAL_ERROR, reason == Reason.INTERNAL_ERROR);
        this.continueToken = continueToken;
        this.reason = reason;
        this.details = details;
    }

    public ApiException(Reason reason, String message) {
        this(reason, message, JsonObject.EMPTY);
    }

    public static ApiException badRequest(String message) {
        return new ApiException(Reason.BAD_REQUEST, message);
    }

    /** {@code pods "web" not found}. */
    public static ApiException notFound(String qualifiedPlural, String name) {
        return new ApiException(Reason.NOT_FOUND, qualifiedPlural + " \"" + name + "\" not found",
                subject(qualifiedPlural, name));
    }

    /** {@code pods "web" already exists}. */
    public static ApiException alreadyExists(String qualifiedPlural, String name) {
        return new ApiException(Reason.ALREADY_EXISTS, qualifiedPlural + " \"" + name + "\" already exists",
                subject(qualifiedPlural, name));
    }

    /** {@code Operation cannot be fulfilled on pods "web": <why>}. */
    public static ApiException conflict(String qualifiedPlural, String name, String why) {
        return new ApiException(Reason.CONFLICT,
                "Operation cannot be fulfilled on " + qualifiedPlural + " \"" + name + "\": " + why,
                subject(qualifiedPlural, name));
    }

    /** {@code pods "web" is forbidden: <why>}. */
    public static ApiException forbidden(String qualifiedPlural, String name, String why) {
        return new ApiException(Reason.FORBIDDEN,
                qualifiedPlural + (name.isEmpty() ? "" : " \"" + name + "\"") + " is forbidden: " + why,
                subject(qualifiedPlural, name));
    }

    /** {@code Pod "web" is invalid: <field>: <message>}, or all of them in brackets when there are several. */
    public static ApiException invalid(String group, String kind, String name, List<Cause> causes) {
        var texts = causes.stream().map(c -> c.field().isEmpty() ? c.message() : c.field() + ": " + c.message())
                .distinct().toList();
        String all = texts.size() == 1 ? texts.getFirst() : "[" + String.join(", ", texts) + "]";
        String qualified = group.isEmpty() ? kind : kind + "." + group;
        var json = JsonArray.of(causes.stream().map(c -> (Json) JsonObject.builder().put("reason", c.reason())
                .put("message", c.message()).putText("field", c.field()).build()).toList());
        var details = JsonObject.builder().putText("name", name).putText("group", group).put("kind", kind)
                .put("causes", json).build();
        return new ApiException(Reason.INVALID, qualified + " \"" + name + "\" is invalid: " + all, details);
    }

    /** {@code 410 Expired}: the revision that was asked for is compacted; the client lists again. */
    public static ApiException expired(String message) {
        return new ApiException(Reason.EXPIRED, message);
    }

    /** The same refusal, with where the client may go on all the same. */
    public ApiException continuing(String token) {
        return new ApiException(reason, getMessage(), details, token);
    }

    /** Where a client may go on after an expired list; empty if nowhere. */
    public String continueToken() {
        return continueToken;
    }

    public static ApiException tooManyRequests(String message, int retryAfterSeconds) {
        return new ApiException(Reason.TOO_MANY_REQUESTS, message,
                JsonObject.of("retryAfterSeconds", retryAfterSeconds));
    }

    public static ApiException internal(String message) {
        return new ApiException(Reason.INTERNAL_ERROR, "Internal error occurred: " + message);
    }

    public static ApiException unavailable(String message) {
        return new ApiException(Reason.SERVICE_UNAVAILABLE, message);
    }

    private static JsonObject subject(String qualifiedPlural, String name) {
        int dot = qualifiedPlural.indexOf('.');
        String group = dot < 0 ? "" : qualifiedPlural.substring(dot + 1);
        String plural = dot < 0 ? qualifiedPlural : qualifiedPlural.substring(0, dot);
        return JsonObject.builder().putText("name", name).putText("group", group).put("kind", plural).build();
    }

    public Reason reason() {
        return reason;
    }

    public int code() {
        return reason.code();
    }

    public JsonObject details() {
        return details;
    }

    public boolean is(Reason other) {
        return reason == other;
    }

    /** The {@code metav1.Status} that tells a client of this refusal. */
    public JsonObject status() {
        var status = JsonObject.builder().put("kind", "Status").put("apiVersion", "v1")
                .put("metadata", JsonObject.builder().putText("continue", continueToken).build())
                .put("status", "Failure")
                .put("message", getMessage()).put("reason", reason.text());
        if (!details.isEmpty() || DETAILED.contains(reason)) {
            status.put("details", details);
        }
        return status.put("code", reason.code()).build();
    }

    /** The refusal that a {@code metav1.Status} tells of. */
    public static ApiException from(JsonObject status) {
        var reason = Reason.of(status.text("reason"), (int) status.at("code").number(500));
        return new ApiException(reason, status.text("message"), status.object("details"),
                status.text("metadata", "continue"));
    }
}
