package dev.starling.node.cri;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How containerd is run.
 *
 * @param dataFolder the instance's folder; images and records go below it, and all names on the machine derive from it
 * @param mirrors where images are asked for before their own registry
 * @param offeredImages a folder of archives for where no registry answers
 */
public record ContainerdSettings(Path dataFolder, List<Mirror> mirrors, Optional<Path> offeredImages) {
    public ContainerdSettings {
        mirrors = List.copyOf(mirrors);
    }

    public static ContainerdSettings in(Path dataFolder) {
        return new ContainerdSettings(dataFolder, List.of(), Optional.empty());
    }

    /**
     * @param registry as in references, such as {@code docker.io}
     * @param endpoint such as {@code http://127.0.0.1:5000}
     */
    public record Mirror(String registry, String endpoint) {
        public Mirror {
            if (!endpoint.matches("https?://[^\"\\s]+") || !registry.matches("[A-Za-z0-9.:\\-]+")) {
                throw new IllegalArgumentException(
                    "a mirror is REGISTRY=http(s)://HOST[:PORT]: " + registry + "=" + endpoint);
            }
        }
    }
}
