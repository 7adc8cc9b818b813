package dev.starling.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code starling bench WHAT}: each on servers of its own, in a folder that is removed again. */
public final class Main {
    private static final String USAGE = """
            Usage: starling bench start     measures starts of the server, of pods and of a web server; takes two
                                            minutes on a machine that has nothing else to do
                   starling bench api [PART...]
                                            measures the API server; takes four minutes, and needs neither root nor
                                            containers. Parts: writes, watches, lists, starts
                   starling bench schedule  measures the scheduler's decisions alone; takes a minute, and needs
                                            neither root nor containers
            """;

    private Main() {
    }

    public static void main(String[] words) throws IOException {
        var wanted = List.of(words);
        boolean api = !wanted.isEmpty() && wanted.getFirst().equals("api")
                && ApiBench.PARTS.containsAll(wanted.subList(1, wanted.size()));
        if (wanted.equals(List.of("schedule"))) {
            schedule();
        }
        if (!wanted.equals(List.of("start")) && !api) {
            System.out.print(USAGE);
            System.exit(wanted.contains("--help") ? 0 : 2);
        }
        var home = Path.of(Optional.ofNullable(System.getProperty("starling.home")).orElse("")).toAbsolutePath();
        var scratch = Files.createTempDirectory("starling-bench-");
        int exit = 0;
        try {
            if (api) {
                new ApiBench(home, scratch).run(wanted.subList(1, wanted.size()));
            } else {
                new StartBench(home, scratch).run();
            }
        } catch (BenchException e) {
            System.err.println("starling bench: " + e.getMessage());
            exit = 1;
        } finally {
            remove(scratch);
        }
        System.exit(exit);
    }

    private static void schedule() {
        try {
            new ScheduleBench().run();
            System.exit(0);
        } catch (BenchException e) {
            System.err.println("starling bench: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
