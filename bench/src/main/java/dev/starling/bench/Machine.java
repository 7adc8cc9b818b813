package dev.starling.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the figures were measured on. */
final class Machine {
    private Machine() {
    }

    static String text() {
        return Runtime.getRuntime().availableProcessors() + " cores, " + memoryGib() + " GiB, "
                + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", Java "
                + System.getProperty("java.version");
    }

    private static long memoryGib() {
        String total = text("/proc/meminfo").lines().filter(line -> line.startsWith("MemTotal")).findFirst()
                .orElse("0");
        return Math.round(Long.parseLong(total.replaceAll("[^0-9]", "")) / 1048576.0);
    }

    /** How many processes ran or waited to run, on average of one minute. */
    static String load() {
        return text("/proc/loadavg").split(" ")[0];
    }

    private static String text(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new BenchException(file + " can't be read: " + e.getMessage());
        }
    }
}
