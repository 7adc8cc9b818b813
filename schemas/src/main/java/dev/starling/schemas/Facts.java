package dev.starling.schemas;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the model library does not know of one API group and version, read from a table of lines.
 *
 * <p>Directives stand first: {@code package NAME}, {@code group NAME}, {@code version NAME} and {@code types A B},
 * which claims types that no kind of the package refers to. Every other line is {@code Type fact…} or
 * {@code Type.field fact…}; a fact is {@code key} or {@code key=value} without blanks.
 */
record Facts(Path file, Map<String, List<String>> directives, Map<String, Map<String, String>> lines) {
    private static final Set<String> DIRECTIVES = Set.of("package", "group", "version", "types");

    static Facts read(Path file) throws IOException {
        Map<String, List<String>> directives = new LinkedHashMap<>();
        Map<String, Map<String, String>> lines = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            List<String> words = List.of(line.strip().split("\\s+"));
            if (DIRECTIVES.contains(words.getFirst())) {
                directives.computeIfAbsent(words.getFirst(), key -> new ArrayList<>())
                        .addAll(words.subList(1, words.size()));
            } else if (lines.put(words.getFirst(), facts(words)) != null) {
                throw new IllegalStateException(file + ": two lines for " + words.getFirst());
            }
        }
        return new Facts(file, directives, lines);
    }

    private static Map<String, String> facts(List<String> words) {
        Map<String, String> facts = new LinkedHashMap<>();
        for (String word : words.subList(1, words.size())) {
            int equals = word.indexOf('=');
            facts.put(equals < 0 ? word : word.substring(0, equals), equals < 0 ? "" : word.substring(equals + 1));
        }
        return facts;
    }

    /** The name without its ending: it names the resources made of this table. */
    String name() {
        String name = file.getFileName().toString();
        return name.substring(0, name.lastIndexOf('.'));
    }

    String packageName() {
        return single("package").orElseThrow(() -> new IllegalStateException(file + " names no package"));
    }

    /** The API group, empty for the core group; absent where the package serves no kinds of its own. */
    Optional<String> group() {
        return directives.containsKey("group") ? Optional.of(single("group").orElse("")) : Optional.empty();
    }

    String version() {
        return single("version").orElseThrow(() -> new IllegalStateException(file + " names no version"));
    }

    Set<String> kinds() {
        Set<String> kinds = new LinkedHashSet<>();
        lines.forEach((subject, facts) -> {
            if (facts.containsKey("kind")) {
                kinds.add(subject);
            }
        });
        return kinds;
    }

    /** The types that this package claims outright: its kinds and those listed. */
    Set<String> claimed() {
        Set<String> claimed = kinds();
        claimed.addAll(directives.getOrDefault("types", List.of()));
        return claimed;
    }

    Map<String, String> of(String subject) {
        return lines.getOrDefault(subject, Map.of());
    }

    private Optional<String> single(String directive) {
        return directives.getOrDefault(directive, List.of()).stream().findFirst();
    }
}
