package dev.starling.apiserver.schema;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Users write patterns; none of them may take the server's memory, stack or time. */
class LinearPatternTest {

    @ParameterizedTest
    @ValueSource(strings = {"^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$", "(a{2}){3}", "[{}]{3}", "\\{1000\\}{2}", "a{,5}", "{",
        "x{1000}", "([0-9a-f]{8}-){3}[0-9a-f]{12}", "[]a]{2}", "[^]]{2}", "(?i:a|b)*"})
    void takesWhatPeopleWrite(String pattern) {
        assertTrue(LinearPattern.problem(pattern).isEmpty(), () -> LinearPattern.problem(pattern).toString());
    }

    @Test
    void refusesWhatGrowsTooLarge() {
        for (String pattern : List.of("((a{0,1000}){0,1000}){0,1000}", "(a{500}){3}", "a{1000}{1000}", "a{1001}",
                "(".repeat(50_000) + ")".repeat(50_000), "(".repeat(2_000), "(a|b)".repeat(100_000),
                "a{1000}".repeat(1_000), "((((a{5}){5}){5}){5}){5}", "(?=x)", "[", "(")) {
            assertTimeoutPreemptively(Duration.ofSeconds(10), () -> assertThrows(IllegalArgumentException.class,
                    () -> LinearPattern.of(pattern), pattern.substring(0, Math.min(30, pattern.length()))));
        }
    }

    @Test
    void takesTimeByTheTextAlone() {
        assertTimeoutPreemptively(Duration.ofSeconds(10),
                () -> assertFalse(LinearPattern.of("^(a+)+$").isIn("a".repeat(200_000) + "!")));
    }

    @Test
    void bracesBehindAnEscapeCountNothing() {
        for (String pattern : List.of("\\x{2028}", "\\x{10FFFF}{3}", "\\pL{2}", "\\p{Greek}{2}", "\\P{Greek}",
                "\\x41{2}")) {
            assertTrue(LinearPattern.problem(pattern).isEmpty(), () -> LinearPattern.problem(pattern).toString());
        }
        assertTrue(LinearPattern.of("^\\x{2028}$").isIn("\u2028"));
        assertFalse(LinearPattern.problem("\\x{41}{1001}").isEmpty());
    }

    @Test
    void groupsCountWhereverAClassOrAQuotationSeemsToEndThem() {
        assertFalse(LinearPattern.problem("((?:a{500})[[:alpha:])]){500}").isEmpty());
        assertFalse(LinearPattern.problem("\\Q[\\E(a{500}){500}]").isEmpty());
        assertTrue(LinearPattern.of("^\\Qa{1001}(\\E$").isIn("a{1001}("));
        assertTrue(LinearPattern.of("^[[:alpha:]]{3}$").isIn("abc"));
    }

    @Test
    void moreThanAreKeptWorkAllTheSame() {
        for (int i = 0; i < 3_000; i++) {
            assertTrue(LinearPattern.of("^(" + "\\pL".repeat(9) + "){0,9}" + i + "$").isIn("abcdefghi" + i));
        }
    }
}
