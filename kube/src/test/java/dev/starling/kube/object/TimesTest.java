package dev.starling.kube.object;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TimesTest {

    @Test
    void writesEverySecondByItself() {
        for (String text : new String[] {"2026-11-23T01:02:03Z", "2026-11-23T01:02:04Z", "1970-01-01T00:00:00Z"}) {
            assertEquals(text, Times.seconds(Instant.parse(text)));
            assertEquals(text, Times.seconds(Instant.parse(text).plusMillis(999)));
            assertTrue(Times.isSeconds(text));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2026-11-23T01:02:03+00:00", "2026-13-23T01:02:03Z", "2026-00-23T01:02:03Z",
        "2026-11-00T01:02:03Z", "2026-02-30T01:02:03Z", "2026-11-23T24:02:03Z", "2026-11-23T01:60:03Z",
        "2026-11-23T01:02:60Z", "2026-11-23t01:02:03z", "2026-11-23T01:02:03.5Z", "2026-1a-23T01:02:03Z"})
    void takesNothingElseForATimeInSeconds(String text) {
        assertFalse(Times.isSeconds(text));
    }
}
