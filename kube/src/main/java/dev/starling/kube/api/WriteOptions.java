package dev.starling.kube.api;

/**
 * How a write is done.
 *
 * @param dryRun everything but the commit
 * @param fieldManager who owns the fields that this write sets; empty lets the server choose
 * @param fieldValidation what happens to unknown and duplicate fields
 */
public record WriteOptions(boolean dryRun, String fieldManager, FieldValidation fieldValidation) {
    public static final WriteOptions DEFAULT = new WriteOptions(false, "", FieldValidation.WARN);

    /** The {@code fieldValidation} parameter. */
    public enum FieldValidation {
        IGNORE("Ignore"), WARN("Warn"), STRICT("Strict");

        private final String text;

        FieldValidation(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }
}
