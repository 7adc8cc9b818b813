package dev.starling.node.host;

import dev.starling.kube.net.AddressRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The host's side of the pods' network: a range of addresses that nobody else uses, one address of it for the host,
 * forwarding, and a way out that hides pods behind the host when they leave the machine. The link of each pod is made
 * by {@link CniPlugin}.
 */
public final class PodNetwork {
    private static final Path FORWARDING = Path.of("/proc/sys/net/ipv4/ip_forward");
    private static final Path RUN = Path.of("/run");
    private static final int DEFAULT_MTU = 1500;
    private static final int FIRST_CHOICE = 64;

    private final InstanceNames names;
    private final AddressRange range;

    public PodNetwork(InstanceNames names, AddressRange range) {
        this.names = names;
        this.range = range;
    }

    /** Chooses a range: the wished one if it is free now, else another. */
    public static AddressRange choose(InstanceNames names, Optional<AddressRange> wish) {
        List<AddressRange> used = used();
        return wish.filter(range -> used.stream().noneMatch(range::overlaps))
            .orElseGet(() -> FreeRange.find(FIRST_CHOICE,
                Integer.parseUnsignedInt(names.key().substring(0, 2), 16), used));
    }

    /** Every range that this machine has an address or a route in. */
    static List<AddressRange> used() {
        List<AddressRange> used = new ArrayList<>();
        (Commands.run("ip", "-4", "-o", "addr") + Commands.run("ip", "-4", "route", "show", "table", "all")).lines()
            .forEach(line -> AddressRange.find(line).ifPresent(used::add));
        return used;
    }

    public AddressRange range() {
        return range;
    }

    /** The address at which pods reach the host; it exists as long as the instance runs. */
    public String hostAddress() {
        return range.address(1);
    }

    /** What {@link #up} made on this machine, by its own note, which tells it even where the data folder is gone. */
    public static Optional<PodNetwork> left(InstanceNames names) {
        Path note = rangeNote(names.runFolder());
        return Files.exists(note) ? Optional.of(new PodNetwork(names, AddressRange.parse(read(note))))
            : Optional.empty();
    }

    private static Path rangeNote(Path runFolder) {
        return runFolder.resolve("pod-range");
    }

    /** Makes what is missing; nothing changes when all is there. */
    public void up() {
        Folders.replace(rangeNote(names.runFolder()), range.toString());
        Commands.runWithInput("""
            route replace unreachable %s metric 4096
            addr replace %s/32 dev lo
            """.formatted(range, hostAddress()), "ip", "-batch", "-");
        allowForwarding();
        Commands.runWithInput(masquerade(), "nft", "-f", "-");
    }

    /** Takes away everything that {@link #up} made, and links that lost their pod. */
    public void down() {
        Commands.attempt("", List.of("nft", "delete", "table", "ip", table()));
        for (String link : links()) {
            Commands.attempt("", List.of("ip", "link", "delete", link));
        }
        Commands.attempt("", List.of("ip", "addr", "delete", hostAddress() + "/32", "dev", "lo"));
        Commands.attempt("", List.of("ip", "route", "delete", "unreachable", range.toString(), "metric", "4096"));
        restoreForwarding();
    }

    /**
     * What leaves the machine gets the host's address; what goes to pods, of any instance, or to the host itself keeps
     * its own.
     */
    private String masquerade() {
        return """
            add table ip %1$s
            delete table ip %1$s
            table ip %1$s {
              chain leaving {
                type nat hook postrouting priority srcnat; policy accept;
                ip saddr %2$s ip daddr != %2$s oifname != "lo" oifname != "%3$s*" fib daddr type != local masquerade
              }
            }
            """.formatted(table(), range, names.linkPrefix());
    }

    private String table() {
        return names.table() + "-pods";
    }

    private void allowForwarding() {
        if (read(FORWARDING).equals("0")) {
            write(note(names.runFolder()), "0");
            write(FORWARDING, "1");
        }
    }

    /**
     * Whoever switched forwarding on switches it off, unless another instance still needs it: that one inherits the
     * duty.
     */
    private void restoreForwarding() {
        if (!read(note(names.runFolder())).equals("0")) {
            return;
        }
        try (DirectoryStream<Path> instances = Files.newDirectoryStream(RUN, "starling-*")) {
            for (Path instance : instances) {
                if (!instance.equals(names.runFolder())) {
                    write(note(instance), "0");
                    return;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        write(FORWARDING, "0");
    }

    private static Path note(Path runFolder) {
        return runFolder.resolve("ip_forward-was");
    }

    /** Packets must fit the way out. */
    static int mtu() {
        String route = Commands.attempt("", List.of("ip", "-4", "route", "show", "default")).output();
        String[] words = route.strip().split("\\s+");
        for (int i = 0; i + 1 < words.length; i++) {
            if (words[i].equals("dev")) {
                return Integer.parseInt(read(Path.of("/sys/class/net", words[i + 1], "mtu")));
            }
        }
        return DEFAULT_MTU;
    }

    private List<String> links() {
        List<String> found = new ArrayList<>();
        Path present = Path.of("/sys/class/net");
        try (DirectoryStream<Path> all = Files.newDirectoryStream(present, names.linkPrefix() + "*")) {
            all.forEach(link -> found.add(link.getFileName().toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
