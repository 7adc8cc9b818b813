package dev.starling.kube.json;

/** A JSON number with a fraction, an exponent, or beyond 64 bits. */
public record JsonDouble(double value) implements Json {
    public JsonDouble {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("not a JSON number: " + value);
        }
    }

    @Override
    public String toString() {
        return JsonWriter.text(this);
    }
}
