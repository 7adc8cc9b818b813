package dev.starling.control.cronjob;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A cron schedule: five fields (minute, hour, day of month, month, day of week) of numbers, names, ranges, steps and
 * lists, or {@code @yearly}, {@code @monthly}, {@code @weekly}, {@code @daily}, {@code @hourly}, or
 * {@code @every <duration>}. If both day fields are restricted, either may match. Immutable and pure.
 *
 * <p>Where clocks leap ahead, a time that does not exist is skipped; where they fall back, a time that exists twice
 * happens twice (as upstream's parser has it).
 */
public final class CronSchedule {
    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");
    private static final Map<String, String> NAMED = Map.of("@yearly", "0 0 1 1 *", "@annually", "0 0 1 1 *",
            "@monthly", "0 0 1 * *", "@weekly", "0 0 * * 0", "@daily", "0 0 * * *", "@midnight", "0 0 * * *",
            "@hourly", "0 * * * *");
    private static final Duration HORIZON = Duration.ofDays(5 * 366);

    private final CronField minutes;
    private final CronField hours;
    private final CronField daysOfMonth;
    private final CronField months;
    private final CronField daysOfWeek;
    private final Duration every;

    private CronSchedule(List<CronField> fields, Duration every) {
        this.minutes = fields.get(0);
        this.hours = fields.get(1);
        this.daysOfMonth = fields.get(2);
        this.months = fields.get(3);
        this.daysOfWeek = fields.get(4);
        this.every = every;
    }

    /** @throws IllegalArgumentException saying what is wrong */
    public static CronSchedule parse(String text) {
        String schedule = text.trim();
        if (schedule.startsWith("@every ")) {
            var every = CronField.duration(schedule.substring("@every ".length()).trim());
            return new CronSchedule(fields("* * * * *"), every);
        }
        if (schedule.startsWith("@")) {
            schedule = Optional.ofNullable(NAMED.get(schedule.toLowerCase(Locale.ROOT)))
                    .orElseThrow(() -> new IllegalArgumentException("unrecognized descriptor: " + text));
        }
        return new CronSchedule(fields(schedule), Duration.ZERO);
    }

    private static List<CronField> fields(String text) {
        var parts = List.of(text.split("\\s+"));
        if (parts.size() != 5 || text.isEmpty()) {
            int found = text.isEmpty() ? 0 : parts.size();
            throw new IllegalArgumentException("expected exactly 5 fields, found " + found + ": " + parts);
        }
        return List.of(CronField.parse(parts.get(0), 0, 59, List.of()),
                CronField.parse(parts.get(1), 0, 23, List.of()),
                CronField.parse(parts.get(2), 1, 31, List.of()),
                CronField.parse(parts.get(3), 1, 12, MONTHS),
                CronField.parse(parts.get(4), 0, 6, DAYS));
    }

    /** The first time after a moment; nothing if there is none within five years. */
    public Optional<Instant> next(Instant after, ZoneId zone) {
        if (!every.isZero()) {
            return Optional.of(after.truncatedTo(ChronoUnit.SECONDS).plus(every));
        }
        var end = after.plus(HORIZON);
        var time = after.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES).atZone(zone);
        while (time.toInstant().isBefore(end)) {
            if (!dayMatches(time)) {
                time = time.toLocalDate().plusDays(1).atStartOfDay(zone);
            } else if (!hours.has(time.getHour())) {
                time = time.plusSeconds(60L * (60 - time.getMinute()));
            } else if (!minutes.has(time.getMinute())) {
                time = time.plusSeconds(60);
            } else {
                return Optional.of(time.toInstant());
            }
        }
        return Optional.empty();
    }

    /** A field that starts with a star restricts nothing, so the other one decides. */
    private boolean dayMatches(ZonedDateTime time) {
        if (!months.has(time.getMonthValue())) {
            return false;
        }
        boolean month = daysOfMonth.has(time.getDayOfMonth());
        boolean week = daysOfWeek.has(time.getDayOfWeek().getValue() % 7);
        return daysOfMonth.star() || daysOfWeek.star() ? month && week : month || week;
    }

    /** The values of one field. */
    record CronField(BitSet values, boolean star) {
        boolean has(int value) {
            return values.get(value);
        }

        static CronField parse(String text, int least, int most, List<String> names) {
            var values = new BitSet();
            boolean star = false;
            for (String part : text.split(",", -1)) {
                star |= part.startsWith("*") || part.startsWith("?");
                addRange(part, new Bounds(least, most, names), values);
            }
            return new CronField(values, star);
        }

        private record Bounds(int least, int most, List<String> names) {
            int value(String text) {
                int named = names.indexOf(text.toLowerCase(Locale.ROOT));
                if (named >= 0) {
                    return named + least;
                }
                int value = number(text);
                if (value < least) {
                    throw new IllegalArgumentException(
                            "beginning of range (" + value + ") below minimum (" + least + "): " + text);
                }
                if (value > most) {
                    throw new IllegalArgumentException(
                            "end of range (" + value + ") above maximum (" + most + "): " + text);
                }
                return value;
            }
        }

        private static void addRange(String part, Bounds bounds, BitSet values) {
            String[] steps = part.split("/", -1);
            String[] ends = steps[0].split("-", -1);
            if (steps.length > 2) {
                throw new IllegalArgumentException("too many slashes: " + part);
            }
            if (ends.length > 2) {
                throw new IllegalArgumentException("too many hyphens: " + part);
            }
            boolean all = steps[0].equals("*") || steps[0].equals("?");
            int from = all ? bounds.least() : bounds.value(ends[0]);
            boolean open = all || ends.length == 1 && steps.length == 2;
            int to = open ? bounds.most() : bounds.value(ends[ends.length - 1]);
            int step = steps.length == 2 ? number(steps[1]) : 1;
            if (step == 0) {
                throw new IllegalArgumentException("step of range should be a positive number: " + part);
            }
            if (from > to) {
                throw new IllegalArgumentException(
                        "beginning of range (" + from + ") beyond end of range (" + to + "): " + part);
            }
            for (int value = from; value <= to; value += step) {
                values.set(value);
            }
        }

        private static int number(String text) {
            if (!text.matches("[0-9]{1,4}")) {
                throw new IllegalArgumentException("failed to parse int from " + text);
            }
            return Integer.parseInt(text);
        }

        /** A duration as Go writes it, of hours, minutes and seconds; at least one second. */
        static Duration duration(String text) {
            if (!text.matches("([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?") || text.isEmpty()) {
                throw new IllegalArgumentException("failed to parse duration @every " + text);
            }
            var duration = Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
            return duration.isZero() ? Duration.ofSeconds(1) : duration;
        }
    }
}
