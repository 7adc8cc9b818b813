package dev.starling.control.scheduler;

import static dev.starling.control.workload.Objects.yaml;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProfileSelectionTest {
    private static KubeObject profile(String name, String selectors) {
        return yaml("{metadata: {name: %s}, spec: {selectors: %s}}", name, selectors);
    }

    @ParameterizedTest
    @CsvSource({"dev-*,dev-a,true", "dev-*,dev-,true", "dev-*,dev,false", "p?d,pod,true", "p?d,pd,false", "*,'',true",
        "?,'',false", "a*b*c,aXbYbZc,true", "a*b,aXbc,false", "**,x,true", "default,default,true", "a,ab,false"})
    void matchesWildcards(String pattern, String text, boolean matches) {
        assertEquals(matches, Wildcard.matches(pattern, text));
    }

    @Test
    void selectsByNamespaceAndAllLabels() {
        var selection = ProfileSelection.of(List.of(
                profile("fp", "[{namespace: dev, labels: {env: dev, checks: 'pass?d'}}, {namespace: ops}]")));
        assertEquals(Optional.empty(), selection.select("dev", Map.of("env", "dev")));
        assertEquals(Optional.of("fp"), selection.select("dev", Map.of("env", "dev", "checks", "passed", "x", "y")));
        assertEquals(Optional.of("fp"), selection.select("ops", Map.of()));
        assertEquals(Optional.empty(), selection.select("default", Map.of("env", "dev", "checks", "passed")));
    }

    @Test
    void wildcardsWorkInLabelKeys() {
        var selection = ProfileSelection.of(List.of(profile("fp", "[{namespace: '*', labels: {'team/*': 'a?'}}]")));
        assertEquals(Optional.of("fp"), selection.select("any", Map.of("team/x", "a1")));
        assertEquals(Optional.empty(), selection.select("any", Map.of("team", "a1")));
    }

    @Test
    void theAlphanumericallyFirstProfileWins() {
        var selection = ProfileSelection.of(List.of(
                profile("zoo", "[{namespace: d}]"), profile("b", "[{namespace: d}]"),
                profile("a", "[{namespace: e}]")));
        assertEquals(Optional.of("b"), selection.select("d", Map.of()));
    }

    @Test
    void aPodThatNamesAProfileMustMatchThatOne() {
        var selection = ProfileSelection.of(List.of(profile("a", "[{namespace: d}]"), profile("b", "[{namespace: d}]"),
                profile("c", "[{namespace: e}]")));
        assertEquals(Optional.of("b"), selection.select("d", Map.of(ProfileSelection.LABEL, "b")));
        assertEquals(Optional.empty(), selection.select("d", Map.of(ProfileSelection.LABEL, "c")));
    }

    @Test
    void aProfileBeingDeletedSelectsNothing() {
        var gone = profile("a", "[{namespace: d}]").with("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp");
        assertEquals(Optional.empty(), ProfileSelection.of(List.of(gone)).select("d", Map.of()));
    }
}
