package dev.starling.kube.object;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** The two time formats of the API: {@code Time} has seconds, {@code MicroTime} has microseconds; both are RFC 3339. */
public final class Times {
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private static final String SHAPE = "0000-00-00T00:00:00Z";

    /** What was asked for last is asked for again, for as long as that second lasts. */
    private static volatile Written newest = new Written(0, "1970-01-01T00:00:00Z");

    private record Written(long second, String text) {
    }

    private Times() {
    }

    /** As {@code metav1.Time} is written. */
    public static String seconds(Instant time) {
        var known = newest;
        if (known.second() == time.getEpochSecond()) {
            return known.text();
        }
        String text = SECONDS.format(time);
        newest = new Written(time.getEpochSecond(), text);
        return text;
    }

    /** Whether a text is a time as {@link #seconds} writes it; some that are may be denied. */
    public static boolean isSeconds(String text) {
        return text.length() == SHAPE.length() && shaped(text) && number(text, 5) >= 1 && number(text, 5) <= 12
                && number(text, 8) >= 1 && number(text, 8) <= 28 && number(text, 11) < 24 && number(text, 14) < 60
                && number(text, 17) < 60;
    }

    private static boolean shaped(String text) {
        for (int i = 0; i < SHAPE.length(); i++) {
            char c = text.charAt(i);
            if (SHAPE.charAt(i) == '0' ? c < '0' || c > '9' : c != SHAPE.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static int number(String text, int at) {
        return (text.charAt(at) - '0') * 10 + text.charAt(at + 1) - '0';
    }

    /** As {@code metav1.MicroTime} is written. */
    public static String micros(Instant time) {
        return MICROS.format(time);
    }

    /** Nothing for an empty or malformed text. */
    public static Optional<Instant> parse(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
