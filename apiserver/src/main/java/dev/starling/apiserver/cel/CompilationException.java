package dev.starling.apiserver.cel;

/** An expression cannot be compiled. The message shows where and why. */
public final class CompilationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CompilationException(String message) {
        super(message);
    }
}
