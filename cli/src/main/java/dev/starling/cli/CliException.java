package dev.starling.cli;

/** Something that the user has to know in one line; the command ends with exit code 1. */
final class CliException extends RuntimeException {
    CliException(String message) {
        super(message);
    }
}
