package dev.starling.app.up;

import dev.starling.apiserver.registry.ComputedResource;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.node.runtime.ContainerRuntimeException;
import dev.starling.node.runtime.Image;
import dev.starling.node.runtime.Images;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The pool's images as objects of the API ({@code images.starling.dev/v1 images}), one for each reference, and the
 * place to which archives are sent. An image is named by its reference with {@code /} and {@code :} as dots.
 */
final class ImagesApi implements ComputedResource {
    static final String ARCHIVES = "images.starling.dev/v1/archives";
    private static final ResourceType TYPE =
            new ResourceType("images.starling.dev", "v1", "images", "Image", false);

    private final Late<Images> images;
    private final Path folder;

    /** @param folder where an archive lies while it is imported: on the disk of the images, not in memory */
    ImagesApi(Late<Images> images, Path folder) {
        this.images = images;
        this.folder = folder;
    }

    @Override
    public ResourceType type() {
        return TYPE;
    }

    @Override
    public List<KubeObject> list(String namespace) {
        return images.part().list().stream()
                .flatMap(image -> image.references().stream().map(reference -> object(image, reference))).toList();
    }

    @Override
    public Optional<KubeObject> find(String namespace, String name) {
        return list("").stream().filter(image -> image.name().equals(name)).findFirst();
    }

    @Override
    public boolean removable() {
        return true;
    }

    @Override
    public void remove(String namespace, String name) {
        find("", name).ifPresent(image -> images.part().remove(image.spec().text("reference")));
    }

    private static KubeObject object(Image image, String reference) {
        var spec = JsonObject.of("reference", reference, "id", image.id(), "bytes", image.size(),
                "origin", image.imported() ? "archive" : "registry");
        return KubeObject.named(TYPE, "", reference.replaceAll("[/:@]", ".")).with(spec, "spec");
    }

    /** Imports an archive in OCI or Docker form, and answers the references that it carried. */
    JsonObject importArchive(InputStream archive) throws IOException {
        var pool = images.part();
        var file = Files.createTempFile(folder, "archive-", ".tar");
        try {
            Files.copy(archive, file, StandardCopyOption.REPLACE_EXISTING);
            return JsonObject.of("references", JsonArray.strings(pool.importArchive(file)));
        } catch (ContainerRuntimeException e) {
            throw ApiException.badRequest(Stream.of(String.valueOf(e.getMessage()).split("\n"))
                    .reduce((first, last) -> last).orElse("the archive can't be imported"));
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
