package dev.starling.bench;

/** Why a figure could not be measured, in one line. */
final class BenchException extends RuntimeException {
    BenchException(String message) {
        super(message);
    }
}
