package dev.starling.apiserver.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What strict decoding says of unknown and repeated fields. */
public final class StrictErrors {
    /** How many unknown fields are told of, as upstream bounds them. */
    public static final int MOST = 100;

    private StrictErrors() {
    }

    /** {@code unknown field "spec.foo"} and {@code duplicate field "spec.x"}, as warnings name them too. */
    public static List<String> each(List<String> unknownFields, List<String> duplicateFields) {
        List<String> errors = new ArrayList<>();
        unknownFields.forEach(path -> errors.add("unknown field " + FieldError.quoted(path)));
        duplicateFields.forEach(path -> errors.add("duplicate field " + FieldError.quoted(path)));
        return errors;
    }

    /** {@code strict decoding error: unknown field "spec.foo"}, or nothing where nothing is wrong. */
    public static Optional<String> message(List<String> unknownFields, List<String> duplicateFields) {
        List<String> errors = each(unknownFields, duplicateFields);
        return errors.isEmpty() ? Optional.empty()
                : Optional.of("strict decoding error: " + String.join(", ", errors));
    }
}
