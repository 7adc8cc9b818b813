package dev.starling.apiserver.cel;

/** Answers what expressions ask with {@code authorizer}. */
@FunctionalInterface
public interface Authorizing {
    Answer decide(Ask ask);

    /** @param error why nothing could be decided; empty if it could */
    record Answer(boolean allowed, String reason, String error) {
    }
}
