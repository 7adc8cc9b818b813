package dev.starling.app.up;

import dev.starling.kube.net.AddressRange;
import dev.starling.node.host.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Where everything of one instance lies: objects, bills, keys, images. Nothing outside it survives a stop. */
public record DataFolder(Path path) {

    /** The folder that commands use when none is named: STARLING_DATA, else below XDG_DATA_HOME or the home. */
    public static Path usual(Map<String, String> environment, Path home) {
        if (environment.containsKey("STARLING_DATA")) {
            return Path.of(environment.get("STARLING_DATA"));
        }
        String shared = environment.getOrDefault("XDG_DATA_HOME", "");
        return (shared.isEmpty() ? home.resolve(".local/share") : Path.of(shared)).resolve("starling");
    }

    /** Makes the folder if need be; only its owner may read it, since keys lie in it. */
    static DataFolder at(Path path) {
        try {
            var made = Files.createDirectories(path).toRealPath();
            if (!Files.isWritable(made)) {
                throw new UncheckedIOException(new IOException("the data folder " + made + " can't be written"));
            }
            return new DataFolder(made);
        } catch (IOException e) {
            throw new UncheckedIOException(new IOException("the data folder " + path + " can't be made: "
                    + e.getMessage(), e));
        }
    }

    Path store() {
        return path.resolve("store");
    }

    Path ledger() {
        return path.resolve("ledger");
    }

    Path keys() {
        return path.resolve("keys");
    }

    Path pods() {
        return path.resolve("pods");
    }

    Path prices() {
        return path.resolve("prices.yaml");
    }

    /** Who else proves who callers are, and who else judges what they may; need not be there. */
    Path access() {
        return path.resolve("access.yaml");
    }

    /** The bounds of the API server; need not be there. */
    Path limits() {
        return path.resolve("limits.yaml");
    }

    Path kubeconfig() {
        return path.resolve("kubeconfig");
    }

    private Path serviceRangeFile() {
        return path.resolve("service-range");
    }

    /** The service range of this instance, if one was ever chosen. */
    Optional<String> serviceRange() {
        try {
            var file = serviceRangeFile();
            return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path balancedFile() {
        return path.resolve("load-balancer-range");
    }

    /** The range of balancers' addresses that is routed to this machine; what a killed process left, at the start. */
    Optional<AddressRange> balanced() {
        try {
            var file = balancedFile();
            return Files.exists(file) ? Optional.of(AddressRange.parse(Files.readString(file).strip()))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void recordBalanced(Optional<AddressRange> range) {
        if (range.isPresent()) {
            Folders.replace(balancedFile(), range.get() + "\n");
            return;
        }
        try {
            Files.deleteIfExists(balancedFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The service range as recorded, else as chosen now and recorded. */
    String serviceRange(Supplier<String> choice) {
        return serviceRange().orElseGet(() -> {
            String chosen = choice.get();
            Folders.replace(serviceRangeFile(), chosen + "\n");
            return chosen;
        });
    }
}
