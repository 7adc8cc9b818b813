package dev.starling.node.image;

import dev.starling.node.runtime.Image;
import dev.starling.node.runtime.ImagePullException;
import dev.starling.node.runtime.ImageReference;
import dev.starling.node.runtime.Images;
import dev.starling.node.runtime.RegistryCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Images of a runtime, and beside them archives in a folder that are offered where no registry answers. Its file
 * {@code index} has a line {@code reference<TAB>file<TAB>digest} for each. An archive is imported when it is first
 * needed, and from then on answers for its reference until it is removed. What a registry refuses stays refused.
 */
public final class OfferedImages implements Images {
    private static final System.Logger LOG = System.getLogger(OfferedImages.class.getName());
    /** How containerd words that it got no answer. */
    private static final String UNANSWERED = "failed to do request";

    private final Images images;
    private final Path folder;
    private final Map<Path, ReentrantLock> imports = new ConcurrentHashMap<>();

    public OfferedImages(Images images, Path folder) {
        this.images = images;
        this.folder = folder;
    }

    @Override
    public Image pull(String reference, RegistryCredentials credentials) {
        try {
            return images.pull(reference, credentials);
        } catch (ImagePullException e) {
            var archive = String.valueOf(e.getMessage()).contains(UNANSWERED) ? offered(reference)
                    : Optional.<Path>empty();
            return imported(reference, archive.orElseThrow(() -> e));
        }
    }

    private Optional<Path> offered(String reference) {
        String name = ImageReference.normalise(reference);
        var index = folder.resolve("index");
        try {
            return !Files.exists(index) ? Optional.empty() : Files.readAllLines(index).stream()
                    .map(line -> line.split("\t")).filter(line -> line.length > 1 && line[0].equals(name))
                    .map(line -> folder.resolve(line[1])).findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Imports an archive once, however many pods ask for it at the same time. */
    private Image imported(String reference, Path archive) {
        var turn = imports.computeIfAbsent(archive, path -> new ReentrantLock());
        turn.lock();
        try {
            var present = images.find(reference).filter(Image::imported);
            if (present.isPresent()) {
                return present.get();
            }
            LOG.log(Level.INFO, "no registry answers, the image of this installation is used image=" + reference);
            images.importArchive(archive);
            return images.find(reference).orElseThrow(() ->
                    new ImagePullException("the archive " + archive + " does not hold " + reference));
        } finally {
            turn.unlock();
        }
    }

    @Override
    public List<String> importArchive(Path archive) {
        return images.importArchive(archive);
    }

    @Override
    public List<Image> list() {
        return images.list();
    }

    @Override
    public Optional<Image> find(String referenceOrId) {
        return images.find(referenceOrId);
    }

    @Override
    public void remove(String referenceOrId) {
        images.remove(referenceOrId);
    }
}
