package dev.starling.control.cronjob;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CronScheduleTest {
    private static Instant at(String time) {
        return OffsetDateTime.parse(time).toInstant();
    }

    private static String next(String after, String schedule, String zone) {
        return CronSchedule.parse(schedule).next(at(after), ZoneId.of(zone)).map(Instant::toString).orElse("never");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "2026-07-09T14:45:00Z | */15 * * * *        | 2026-07-09T15:00:00Z",
        "2026-07-09T14:59:59Z | */15 * * * *        | 2026-07-09T15:00:00Z",
        "2026-07-09T14:45:00Z | 20-35/15 * * * *    | 2026-07-09T15:20:00Z",
        "2026-07-09T23:46:00Z | 20/15 0-7 * * *     | 2026-07-10T00:20:00Z",
        "2026-07-09T14:45:00Z | 0 0 1 * *           | 2026-08-01T00:00:00Z",
        "2026-12-31T23:59:45Z | * * * * *           | 2027-01-01T00:00:00Z",
        "2026-07-09T14:45:00Z | 0 0 29 feb ?        | 2028-02-29T00:00:00Z",
        "2026-07-09T14:45:00Z | 0 0 30 2 *          | never",
        "2026-07-09T14:45:00Z | 0 12 * * MON-fri    | 2026-07-10T12:00:00Z",
        "2026-07-10T14:45:00Z | 0 12 * * 1-5        | 2026-07-13T12:00:00Z",
        "2026-07-09T14:45:00Z | 0 0 13 * 5          | 2026-07-10T00:00:00Z",
        "2026-07-10T14:45:00Z | 0 0 13 * 5          | 2026-07-13T00:00:00Z",
        "2026-07-09T14:45:00Z | 0 0 13 * *          | 2026-07-13T00:00:00Z",
        "2026-07-09T14:45:00Z | 0 0 */2 * sun       | 2026-07-19T00:00:00Z",
        "2026-07-09T14:45:00Z | 1,2,58 14 * * *     | 2026-07-09T14:58:00Z",
        "2026-07-09T14:45:10Z | @hourly             | 2026-07-09T15:00:00Z",
        "2026-07-09T14:45:10Z | @daily              | 2026-07-10T00:00:00Z",
        "2026-07-09T14:45:10Z | @weekly             | 2026-07-12T00:00:00Z",
        "2026-07-09T14:45:10Z | @monthly            | 2026-08-01T00:00:00Z",
        "2026-07-09T14:45:10Z | @yearly             | 2027-01-01T00:00:00Z",
        "2026-07-09T14:45:10Z | @every 1h30m        | 2026-07-09T16:15:10Z",
    })
    void findsTheNextTime(String after, String schedule, String expected) {
        assertEquals(expected, next(after, schedule, "UTC"));
    }

    /** New York leaps from 02:00 to 03:00 on 8 March 2026 and falls from 02:00 to 01:00 on 1 November 2026. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "2026-03-08T00:00:00-05:00 | 0 * * * *     | 2026-03-08T01:00:00-05:00",
        "2026-03-08T01:00:00-05:00 | 0 * * * *     | 2026-03-08T03:00:00-04:00",
        "2026-03-08T00:00:00-05:00 | 30 2 * * *    | 2026-03-09T02:30:00-04:00",
        "2026-03-08T00:00:00-05:00 | 0 3 * * *     | 2026-03-08T03:00:00-04:00",
        "2026-03-08T01:59:00-05:00 | */30 * * * *  | 2026-03-08T03:00:00-04:00",
        "2026-11-01T00:00:00-04:00 | 0 1 * * *     | 2026-11-01T01:00:00-04:00",
        "2026-11-01T01:00:00-04:00 | 0 1 * * *     | 2026-11-01T01:00:00-05:00",
        "2026-11-01T01:00:00-05:00 | 0 1 * * *     | 2026-11-02T01:00:00-05:00",
        "2026-11-01T01:00:00-04:00 | 0 * * * *     | 2026-11-01T01:00:00-05:00",
        "2026-11-01T01:45:00-04:00 | 0 2 * * *     | 2026-11-01T02:00:00-05:00",
        "2026-10-31T00:00:00-04:00 | 0 0 * * *     | 2026-11-01T00:00:00-04:00",
        "2026-11-01T00:00:00-04:00 | 0 0 * * *     | 2026-11-02T00:00:00-05:00",
    })
    void followsTheClocksOfNewYork(String after, String schedule, String expected) {
        assertEquals(at(expected).toString(), next(after, schedule, "America/New_York"));
    }

    /** Havana leaps at midnight, so a day begins at 01:00; Lord Howe moves its clocks by half an hour. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "America/Havana      | 2026-03-07T12:00:00-05:00 | 0 0 * * *     | 2026-03-09T00:00:00-04:00",
        "America/Havana      | 2026-03-07T12:00:00-05:00 | 0 1 * * *     | 2026-03-08T01:00:00-04:00",
        "Australia/Lord_Howe | 2026-10-04T01:30:00+10:30 | */15 2 * * *  | 2026-10-04T02:30:00+11:00",
        "Asia/Shanghai       | 2026-07-10T00:00:00Z      | 0 8 * * 1-5   | 2026-07-13T08:00:00+08:00",
    })
    void followsOddClocks(String zone, String after, String schedule, String expected) {
        assertEquals(at(expected).toString(), next(after, schedule, zone));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *",
        "* * * * 7", "a * * * *", "1-0 * * * *", "*/0 * * * *", "1-2-3 * * * *", "1/2/3 * * * *", "@reboot",
        "@every x", "-1 * * * *", ", * * * *"})
    void refusesWhatIsNoSchedule(String text) {
        assertThrows(IllegalArgumentException.class, () -> CronSchedule.parse(text));
    }

    @Test
    void countsMissedTimesEvenAfterYears() {
        var schedule = CronSchedule.parse("* * * * *");
        var zone = ZoneId.of("UTC");
        var now = at("2026-07-09T14:45:30Z");
        var missed = CronPlan.missed(schedule, zone, at("2020-01-01T00:00:00Z"), now);
        assertEquals(Optional.of(at("2026-07-09T14:45:00Z")), missed.newest());
        assertEquals(true, missed.count() > CronPlan.MANY_MISSED);
        assertEquals(Optional.of(at("2026-07-09T14:46:00Z")), missed.next());
        assertEquals(3, CronPlan.missed(schedule, zone, at("2026-07-09T14:42:00Z"), now).count());
        assertEquals(0, CronPlan.missed(schedule, zone, at("2026-07-09T14:45:00Z"), now).count());
    }
}
