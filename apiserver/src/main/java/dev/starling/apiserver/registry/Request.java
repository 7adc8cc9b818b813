package dev.starling.apiserver.registry;

import java.util.List;

/**
 * What travels with one request beside its body.
 *
 * @param warnings collects what the caller should be told although the request succeeds
 * @param duplicateFields dotted paths that stood twice in the body, as the reader of the body found them
 * @param mayCreate throws FORBIDDEN unless the caller may also create what an update or an application finds missing
 * @param notes collects what the audit log should tell
 */
public record Request(Caller caller, Warnings warnings, List<String> duplicateFields, Runnable mayCreate,
        AuditNotes notes) {
    public Request {
        duplicateFields = List.copyOf(duplicateFields);
    }

    /** Of a caller who is known to be allowed what he asks for. */
    public static Request by(Caller caller) {
        return new Request(caller, new Warnings(), List.of(), () -> { }, new AuditNotes());
    }
}
