package dev.starling.cli.output;

import java.util.List;
import java.util.stream.Collectors;

/** Comma-separated values as RFC 4180 has them: lines end in CR LF, and a field that needs quotes gets them. */
public final class Csv {
    private final StringBuilder text = new StringBuilder();

    public Csv row(List<String> fields) {
        text.append(fields.stream().map(Csv::quoted).collect(Collectors.joining(","))).append("\r\n");
        return this;
    }

    private static String quoted(String field) {
        boolean plain = field.chars().noneMatch(letter -> letter == ',' || letter == '"' || letter == '\r'
                || letter == '\n');
        return plain ? field : '"' + field.replace("\"", "\"\"") + '"';
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
