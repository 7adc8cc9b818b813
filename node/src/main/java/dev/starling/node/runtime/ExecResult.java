package dev.starling.node.runtime;

/** @param timedOut the command was killed because it took too long; then the exit code means nothing */
public record ExecResult(int exitCode, String stdout, String stderr, boolean timedOut) {
    public boolean succeeded() {
        return exitCode == 0 && !timedOut;
    }
}
