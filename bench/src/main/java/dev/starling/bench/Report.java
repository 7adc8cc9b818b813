package dev.starling.bench;

import java.util.List;

/** A plain table: what was measured, the figure, the goal. Each line is printed as soon as it is known. */
final class Report {
    private static final String ROW = "%-58s %-66s %s%n";

    void head(String command) {
        System.out.println("Machine: " + Machine.text());
        System.out.println("Command: " + command);
        System.out.println("Load:    " + Machine.load() + " before this run");
        System.out.println();
        row("measured", "figure", "goal");
    }

    void row(String what, String figure, String goal) {
        System.out.printf(ROW, what, figure, goal);
    }

    /** Times in milliseconds, of which the median is the figure. */
    void median(String what, List<Long> times, String goal) {
        var sorted = times.stream().sorted().toList();
        row(what, sorted.get(sorted.size() / 2) + " ms  of " + sorted, goal);
    }

    void foot() {
        System.out.println();
        System.out.println("Load:    " + Machine.load() + " after this run");
    }
}
