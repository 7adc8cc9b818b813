package dev.starling.gateway.service;

import dev.starling.kube.net.AddressRange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The kernel's tables, through {@code nft}, {@code ip} and, where it is installed, {@code conntrack}.
 *
 * @param prefix words before each command, such as {@code ip netns exec NAME} for another network namespace
 * @param limit how long a command may take; then it is killed, which counts as a refusal
 */
public record KernelNetwork(List<String> prefix, Duration limit) {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Pattern LINK_ADDRESS = Pattern.compile("(?m)^\\d+: (\\S+) +inet ([0-9.]+)");
    private static final Pattern LOCAL = Pattern.compile("(?m)^(local )?[0-9][0-9./]* dev \\S+");
    private static final Pattern PART = Pattern.compile("(?m)^\\s*(chain|set|map) (\\S+) \\{");

    public KernelNetwork {
        prefix = List.copyOf(prefix);
    }

    /** The network namespace of this process. */
    public static KernelNetwork ofThisProcess() {
        return new KernelNetwork(List.of(), LIMIT);
    }

    static KernelNetwork behind(String... prefix) {
        return new KernelNetwork(List.of(prefix), LIMIT);
    }

    /** A change that the kernel refused; the message is what the tool printed. */
    public static final class RefusedException extends RuntimeException {
        RefusedException(String message) {
            super(message);
        }
    }

    private record Answer(int exit, String output) {
    }

    void apply(String ruleSet) {
        run(ruleSet, "nft", "-f", "-");
    }

    /** The chains, sets and maps of a table; none where there is no such table. */
    Set<RuleSet.Part> parts(String table) {
        var answer = attempt("", "nft", "--terse", "list", "table", "ip", table);
        return answer.exit() != 0 ? Set.of() : PART.matcher(answer.output()).results()
                .map(match -> new RuleSet.Part(match.group(1), match.group(2))).collect(Collectors.toSet());
    }

    void deleteTable(String table) {
        run("table ip " + table + "\ndelete table ip " + table + "\n", "nft", "-f", "-");
    }

    /**
     * Makes the kernel forget where it sends the datagrams of clients that know an endpoint which is gone: unlike a
     * connection, such a flow never ends while its client goes on. Needs the tool {@code conntrack}; without it those
     * clients wait until the flow has been silent for its time-out.
     */
    void forgetFlows(VirtualAddress address, String backend) {
        attempt("", "sh", "-c", "command -v conntrack >/dev/null || exit 0; exec conntrack -D -p udp"
                + (address.onNode() ? "" : " --orig-dst " + address.address()) + " --orig-port-dst " + address.port()
                + " --reply-src " + backend);
    }

    /** The addresses of this host's links, without those of the loopback. */
    List<String> hostAddresses() {
        return LINK_ADDRESS.matcher(run("", "ip", "-4", "-o", "addr", "show")).results()
                .filter(match -> !match.group(1).equals("lo")).map(match -> match.group(2)).distinct().sorted()
                .toList();
    }

    /** What this host takes for itself of a range: an address, or a range that overlaps it. */
    Optional<String> local(AddressRange range) {
        return LOCAL.matcher(run("", "ip", "-4", "route", "show", "table", "local", "type", "local")).results()
                .map(MatchResult::group).filter(route -> AddressRange.find(route).filter(range::overlaps).isPresent())
                .map(String::strip).findFirst();
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
        var answer = attempt(input, words);
        if (answer.exit() != 0) {
            throw new RefusedException(String.join(" ", words) + ": " + answer.output().strip());
        }
        return answer.output();
    }

    private Answer attempt(String input, String... words) {
        var command = new ArrayList<>(prefix);
        Stream.of(words).forEach(command::add);
        var late = new AtomicBoolean();
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            Thread.ofVirtual().name("limit-of-" + words[0]).start(() -> killLate(process, late));
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            return late.get() ? new Answer(exit, tooLate()) : new Answer(exit, output);
        } catch (IOException e) {
            throw new RefusedException(String.join(" ", words) + ": " + (late.get() ? tooLate() : e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException("interrupted during " + String.join(" ", words));
        }
    }

    private String tooLate() {
        return "killed, because it did not end within " + limit.toSeconds() + " s";
    }

    /** Ends what blocks the reader and the writer of its pipes. */
    private void killLate(Process process, AtomicBoolean late) {
        try {
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        late.set(true);
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
