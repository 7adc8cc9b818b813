package dev.starling.apiserver.webhook;

import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** The W3C trace that a request belongs to, for as long as its thread works for it: webhooks are told of it. */
public final class Trace {
    /** The header {@code traceparent} as the client sent it. */
    public static final ScopedValue<String> PARENT = ScopedValue.newInstance();
    public static final String HEADER = "traceparent";
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    private Trace() {
    }

    /** Whether a header is well-formed. */
    public static boolean valid(String header) {
        return header.length() == 55 && FORM.matcher(header).matches() && !header.startsWith("ff")
                && !header.startsWith("00000000000000000000000000000000", 3);
    }

    /** What to send on with a call for the request of this thread. */
    public static Optional<String> current() {
        return PARENT.isBound() ? Optional.of(PARENT.get()) : Optional.empty();
    }

    /** A part of this thread's work that may be done on another thread: it belongs to the same trace. */
    public static <T> Supplier<T> carried(Supplier<T> work) {
        return current().map(parent -> (Supplier<T>) () -> ScopedValue.where(PARENT, parent).call(work::get))
                .orElse(work);
    }

    /** The id that all parts of a trace share. */
    public static String id(String parent) {
        return parent.substring(3, 35);
    }
}
