package dev.starling.kube.patch;

/** A patch that cannot be applied. */
public final class PatchException extends RuntimeException {

    /** Whether the patch itself is wrong, or only does not fit the document. */
    public enum Fault { MALFORMED, UNFIT }

    private final Fault fault;
    private final boolean test;

    private PatchException(Fault fault, String message, boolean test) {
        super(message, null, false, false);
        this.fault = fault;
        this.test = test;
    }

    static PatchException malformed(String message) {
        return new PatchException(Fault.MALFORMED, message, false);
    }

    static PatchException unfit(String message) {
        return new PatchException(Fault.UNFIT, message, false);
    }

    static PatchException failedTest(String message) {
        return new PatchException(Fault.UNFIT, message, true);
    }

    public Fault fault() {
        return fault;
    }

    /** Whether an operation that tests a value of the document found another one. */
    public boolean isFailedTest() {
        return test;
    }
}
