package dev.starling.cli;

/** Words that the command does not understand; one line for the user, and exit code 2. */
final class UsageException extends RuntimeException {
    UsageException(String message) {
        super(message);
    }
}
