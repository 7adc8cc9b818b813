package dev.starling.cli.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Columns under headings, as kubectl prints them: three spaces between, numbers aligned right. Not thread-safe. */
public final class TextTable {
    private static final String GAP = "   ";

    private final List<List<String>> rows = new ArrayList<>();
    private final Set<Integer> numbers;

    /** @param numbers the positions of the columns that hold numbers */
    public TextTable(List<String> headings, Set<Integer> numbers) {
        this.numbers = Set.copyOf(numbers);
        rows.add(List.copyOf(headings));
    }

    public TextTable row(List<String> cells) {
        if (cells.size() != rows.getFirst().size()) {
            throw new IllegalArgumentException("a row of " + cells.size() + " cells under " + rows.getFirst());
        }
        rows.add(List.copyOf(cells));
        return this;
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        for (var row : rows) {
            var line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String blank = " ".repeat(width(column) - row.get(column).length());
                line.append(column == 0 ? "" : GAP);
                line.append(numbers.contains(column) ? blank + row.get(column) : row.get(column) + blank);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
