package dev.starling.gateway.service;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The kernel's tables, through {@code nft} and {@code ip}.
 *
 * @param prefix words before each command, such as {@code ip netns exec NAME} for another network namespace
 */
public record KernelNetwork(List<String> prefix) {

    public KernelNetwork {
        prefix = List.copyOf(prefix);
    }

    /** The network namespace of this process. */
    public static KernelNetwork ofThisProcess() {
        return new KernelNetwork(List.of());
    }

    /** A change that the kernel refused; the message is what the tool printed. */
    public static final class RefusedException extends RuntimeException {
        RefusedException(String message) {
            super(message);
        }
    }

    void apply(String ruleSet) {
        run(ruleSet, "nft", "-f", "-");
    }

    void deleteTable(String table) {
        run("table ip " + table + "\ndelete table ip " + table + "\n", "nft", "-f", "-");
    }

    void routeToHost(String range) {
        run("", "ip", "route", "replace", "local", range, "dev", "lo");
    }

    void unrouteToHost(String range) {
        if (!run("", "ip", "route", "show", "table", "local", "exact", range).isBlank()) {
            run("", "ip", "route", "del", "local", range, "dev", "lo");
        }
    }

    private String run(String input, String... words) {
        var command = new ArrayList<>(prefix);
        Stream.of(words).forEach(command::add);
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new RefusedException(String.join(" ", words) + ": " + output.strip());
            }
            return output;
        } catch (IOException e) {
            throw new RefusedException(String.join(" ", words) + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException("interrupted during " + String.join(" ", words));
        }
    }
}
