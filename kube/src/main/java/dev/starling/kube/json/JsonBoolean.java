package dev.starling.kube.json;

/** A JSON boolean. */
public enum JsonBoolean implements Json {
    TRUE, FALSE;

    public static JsonBoolean of(boolean value) {
        return value ? TRUE : FALSE;
    }

    @Override
    public String toString() {
        return this == TRUE ? "true" : "false";
    }
}
