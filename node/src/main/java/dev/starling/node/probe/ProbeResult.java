package dev.starling.node.probe;

/** @param message what went wrong; empty for a success */
public record ProbeResult(boolean ok, String message) {
    public static final ProbeResult OK = new ProbeResult(true, "");

    public static ProbeResult failed(String message) {
        return new ProbeResult(false, message);
    }
}
