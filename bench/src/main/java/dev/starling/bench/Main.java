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
                   starling bench scale [PART...]
                                            measures the whole control plane on 1,000 simulated nodes. Parts:
                                            deployment, pods
            """;

    private Main() {
    }

    public static void main(String[] words) throws IOException {
        var wanted = List.of(words);
        if (!known(wanted)) {
            System.out.print(USAGE);
            System.exit(wanted.contains("--help") ? 0 : 2);
        }
        var home = Path.of(Optional.ofNullable(System.getProperty("starling.home")).orElse("")).toAbsolutePath();
        var scratch = Files.createTempDirectory("starling-bench-");
        int exit = 0;
        try {
            var parts = wanted.subList(1, wanted.size());
            switch (wanted.getFirst()) {
                case "api" -> new ApiBench(home, scratch).run(parts);
                case "scale" -> new ScaleBench(home, scratch).run(parts);
                case "schedule" -> new ScheduleBench().run();
                default -> new StartBench(home, scratch).run();
            }
        } catch (BenchException e) {
            System.err.println("starling bench: " + e.getMessage());
            exit = 1;
        } finally {
            remove(scratch);
        }
        System.exit(exit);
    }

    private static boolean known(List<String> wanted) {
        if (wanted.isEmpty()) {
            return false;
        }
        var parts = wanted.subList(1, wanted.size());
        return switch (wanted.getFirst()) {
            case "start", "schedule" -> parts.isEmpty();
            case "api" -> ApiBench.PARTS.containsAll(parts);
            case "scale" -> ScaleBench.PARTS.containsAll(parts);
            default -> false;
        };
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
