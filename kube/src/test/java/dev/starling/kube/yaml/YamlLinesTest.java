package dev.starling.kube.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class YamlLinesTest {
    private static final String TEXT = """
            # a comment
            metadata:
              name: web
            items:
              - name: one
                labels: {a: b}
              -
                name: two
            """;

    private final YamlLines lines = YamlLines.of(TEXT);

    @Test
    void placesFieldsAtTheirKeys() {
        assertEquals(2, lines.at(List.of("metadata")));
        assertEquals(3, lines.at(List.of("metadata", "name")));
        assertEquals(6, lines.at(List.of("items", 0, "labels", "a")));
    }

    @Test
    void placesListItemsWhereTheyBegin() {
        assertEquals(5, lines.at(List.of("items", 0)));
        assertEquals(8, lines.at(List.of("items", 1, "name")));
    }

    @Test
    void placesWhatIsMissingAtItsParent() {
        assertEquals(2, lines.at(List.of("metadata", "region")));
        assertEquals(2, lines.at(List.of("kind")));
        assertEquals(0, YamlLines.of("").at(List.of("kind")));
    }

    @Test
    void endsOnDocumentsThatContainThemselves() {
        assertEquals(1, YamlLines.of("a: &a\n  b: *a\n").at(List.of("a")));
    }
}
