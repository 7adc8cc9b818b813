package dev.starling.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;

/** The beginning of a bill: a time (RFC 3339), a date (its midnight, UTC), or how long ago ({@code 1d2h30m}). */
final class Since {
    private static final Pattern DURATION =
            Pattern.compile("(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?");

    private Since() {
    }

    /** @throws UsageException if the text is none of them */
    static Instant parse(String text, Instant now) {
        var ago = DURATION.matcher(text);
        if (!text.isEmpty() && ago.matches()) {
            return now.minus(Duration.ofDays(number(ago.group(1))).plusHours(number(ago.group(2)))
                    .plusMinutes(number(ago.group(3))).plusSeconds(number(ago.group(4))));
        }
        try {
            return text.contains("T") ? OffsetDateTime.parse(text).toInstant()
                    : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeParseException e) {
            throw new UsageException("--since " + text + " is not a time: give 2026-01-31T08:00:00Z, 2026-01-31, or "
                    + "how long ago, such as 2h or 1d12h");
        }
    }

    private static long number(@org.jspecify.annotations.Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
