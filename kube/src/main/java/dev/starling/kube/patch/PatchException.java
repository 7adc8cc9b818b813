package dev.starling.kube.patch;

/** A patch that cannot be applied. */
public final class PatchException extends RuntimeException {

    /** Whether the patch itself is wrong, or only does not fit the document. */
    public enum Fault { MALFORMED, UNFIT }

    private final Fault fault;

    private PatchException(Fault fault, String message) {
        super(message, null, false, false);
        this.fault = fault;
    }

    static PatchException malformed(String message) {
        return new PatchException(Fault.MALFORMED, message);
    }

    static PatchException unfit(String message) {
        return new PatchException(Fault.UNFIT, message);
    }

    public Fault fault() {
        return fault;
    }
}
