package dev.starling.node.probe;

/** @param message what went wrong, cut where a command printed more than anybody reads; empty for a success */
public record ProbeResult(boolean ok, String message) {
    public static final ProbeResult OK = new ProbeResult(true, "");
    private static final int LONGEST = 1_000;

    public ProbeResult {
        message = message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "...";
    }

    public static ProbeResult failed(String message) {
        return new ProbeResult(false, message);
    }
}
