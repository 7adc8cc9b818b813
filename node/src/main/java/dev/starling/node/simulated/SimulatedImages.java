package dev.starling.node.simulated;

import dev.starling.node.runtime.Image;
import dev.starling.node.runtime.ImagePullException;
import dev.starling.node.runtime.ImageReference;
import dev.starling.node.runtime.Images;
import dev.starling.node.runtime.RegistryCredentials;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Every image that is asked for exists, but those that are said to be absent. */
final class SimulatedImages implements Images {
    private final Set<String> absent;
    private final Map<String, Image> present = new ConcurrentHashMap<>();

    SimulatedImages(Set<String> absent) {
        this.absent = absent.stream().map(ImageReference::normalise).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Image pull(String reference, RegistryCredentials credentials) {
        String name = ImageReference.normalise(reference);
        if (absent.contains(name)) {
            throw new ImagePullException("failed to resolve reference \"" + name + "\": " + name + ": not found");
        }
        return add(name, false);
    }

    private Image add(String name, boolean imported) {
        return present.computeIfAbsent(name, key -> new Image("sha256:simulated-" + Integer.toHexString(key.hashCode()),
            List.of(key), List.of(), 0, "", imported));
    }

    /** The archive is not opened: its file name without the ending is taken for the reference. */
    @Override
    public List<String> importArchive(Path archive) {
        String name = ImageReference.normalise(archive.getFileName().toString().replaceFirst("\\.tar$", ""));
        return add(name, true).references();
    }

    @Override
    public List<Image> list() {
        return List.copyOf(present.values());
    }

    @Override
    public Optional<Image> find(String referenceOrId) {
        String name = ImageReference.normalise(referenceOrId);
        return Optional.ofNullable(present.get(name))
            .or(() -> present.values().stream().filter(image -> image.id().equals(referenceOrId)).findFirst());
    }

    @Override
    public void remove(String referenceOrId) {
        find(referenceOrId).ifPresent(image -> image.references().forEach(present::remove));
    }
}
