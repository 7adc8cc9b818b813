package dev.starling.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the kernel tells of processes. Those that end meanwhile count as nothing. */
final class Processes {
    private static final long MS_PER_TICK = 10;

    private Processes() {
    }

    /** Memory in KiB: all that is resident, and the share that is the process's own. */
    record Memory(long rss, long pss) {
        Memory plus(Memory other) {
            return new Memory(rss + other.rss, pss + other.pss);
        }
    }

    static Memory memory(List<Long> pids) {
        return pids.stream().map(Processes::memory).reduce(new Memory(0, 0), Memory::plus);
    }

    private static Memory memory(long pid) {
        long rss = 0;
        long pss = 0;
        for (String line : lines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
            rss += line.startsWith("Rss:") ? number(line) : 0;
            pss += line.startsWith("Pss:") ? number(line) : 0;
        }
        return new Memory(rss, pss);
    }

    private static long number(String line) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
    }

    /** Milliseconds on a processor so far, of user and kernel. */
    static long cpuMs(List<Long> pids) {
        return pids.stream().mapToLong(Processes::cpuMs).sum();
    }

    /** Of this process, the client of what is measured. */
    static long ownCpuMs() {
        return cpuMs(ProcessHandle.current().pid());
    }

    private static long cpuMs(long pid) {
        var lines = lines(Path.of("/proc/" + pid + "/stat"));
        if (lines.isEmpty()) {
            return 0;
        }
        String line = lines.getFirst();
        var fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MS_PER_TICK;
    }

    /** Processes of this program that have the text among their words. */
    static List<Long> running(String program, String text) {
        try (Stream<Path> folders = Files.list(Path.of("/proc"))) {
            return folders.map(folder -> folder.getFileName().toString()).filter(name -> name.matches("[0-9]+"))
                    .map(Long::valueOf).filter(pid -> runs(pid, program, text)).toList();
        } catch (IOException e) {
            throw new BenchException("/proc can't be read: " + e.getMessage());
        }
    }

    private static boolean runs(long pid, String program, String text) {
        var lines = lines(Path.of("/proc/" + pid + "/cmdline"));
        String words = lines.isEmpty() ? "" : lines.getFirst();
        String first = words.split("\0", 2)[0];
        return first.substring(first.lastIndexOf('/') + 1).equals(program) && words.contains(text);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of(); // the process is gone
        }
    }
}
