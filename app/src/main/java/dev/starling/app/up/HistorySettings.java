package dev.starling.app.up;

import dev.starling.app.options.Arguments;
import dev.starling.app.options.Arguments.UsageException;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How long a server remembers what is over.
 *
 * @param events how long an event stays after it was last seen
 * @param age how long clients can go on from a change at most
 * @param changes how many of the newest changes they can go on from, if these are young enough
 */
public record HistorySettings(Duration events, Duration age, int changes) {
    public static final HistorySettings DEFAULT =
            new HistorySettings(Duration.ofHours(1), Duration.ofMinutes(5), 20_000);
    static final Set<String> OPTIONS = Set.of("--event-ttl", "--history-age", "--history-changes");
    private static final Pattern TIME = Pattern.compile("([0-9]{1,6})(s|m|h)");

    public HistorySettings {
        if (events.toSeconds() < 60) {
            throw new UsageException("--event-ttl: events stay for a minute at least");
        }
        if (age.toSeconds() < 10) {
            throw new UsageException("--history-age: clients need ten seconds at least");
        }
        if (changes < 1_000 || changes > 10_000_000) {
            throw new UsageException("--history-changes: " + changes + " is not between 1000 and 10000000");
        }
    }

    static HistorySettings of(Arguments arguments) {
        return new HistorySettings(
                arguments.find("--event-ttl").map(text -> time("--event-ttl", text)).orElse(DEFAULT.events()),
                arguments.find("--history-age").map(text -> time("--history-age", text)).orElse(DEFAULT.age()),
                arguments.find("--history-changes").map(text -> UpSettings.whole("--history-changes", text))
                        .orElse(DEFAULT.changes()));
    }

    private static Duration time(String option, String text) {
        var found = TIME.matcher(text);
        if (!found.matches()) {
            throw new UsageException(option + ": " + text + " is no time such as 90s, 5m or 1h");
        }
        long amount = Long.parseLong(found.group(1));
        return switch (found.group(2)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }
}
