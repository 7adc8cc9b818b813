package dev.starling.node.cri;

import dev.starling.node.cri.proto.Cri;
import dev.starling.node.host.Commands;
import dev.starling.node.host.Folders;
import dev.starling.node.runtime.Image;
import dev.starling.node.runtime.ImagePullException;
import dev.starling.node.runtime.ImageReference;
import dev.starling.node.runtime.Images;
import dev.starling.node.runtime.NotFoundException;
import dev.starling.node.runtime.RegistryCredentials;
import dev.starling.node.runtime.RuntimeUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The images in containerd's store. A file in the data folder lists the references that were imported. */
final class CriImages implements Images {
    private static final Duration PULL_LIMIT = Duration.ofMinutes(30);
    private static final Duration ARCHIVE_LIMIT = Duration.ofMinutes(15);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration SEEN_LIMIT = Duration.ofSeconds(20);
    private static final Pattern UNPACKED = Pattern.compile("(?m)^unpacking (\\S+) \\(");

    private final CriConnection connection;
    private final ContainerdConfig config;
    private final String snapshotter;
    private final Path importedFile;
    private final ReentrantLock fileLock = new ReentrantLock();

    CriImages(CriConnection connection, Containerd containerd) {
        this.connection = connection;
        this.config = containerd.config();
        this.snapshotter = containerd.record().snapshotter();
        this.importedFile = containerd.names().runtimeFolder().resolve("imported-images");
    }

    @Override
    public Image pull(String reference, RegistryCredentials credentials) {
        String name = ImageReference.normalise(reference);
        Optional<Image> present = find(name).filter(Image::imported);
        if (present.isPresent()) {
            return present.get();
        }
        Cri.PullImageRequest.Builder request = Cri.PullImageRequest.newBuilder().setImage(spec(name));
        if (!credentials.anonymous()) {
            request.setAuth(Cri.AuthConfig.newBuilder().setUsername(credentials.username())
                .setPassword(credentials.password()).setIdentityToken(credentials.identityToken()));
        }
        try {
            connection.images(PULL_LIMIT, stub -> stub.pullImage(request.build()), ImagePullException::new);
        } catch (NotFoundException e) {
            throw new ImagePullException(e.getMessage(), e);
        }
        return find(name).orElseThrow(() -> new ImagePullException("the image is gone right after its pull: " + name));
    }

    private static Cri.ImageSpec spec(String name) {
        return Cri.ImageSpec.newBuilder().setImage(ImageReference.normalise(name)).build();
    }

    /** containerd's own client sends the archive; its CRI has no call for that. */
    @Override
    public List<String> importArchive(Path archive) {
        String output = ctr("images", "import", "--snapshotter", snapshotter, archive.toAbsolutePath().toString());
        List<String> references = new ArrayList<>();
        Matcher matcher = UNPACKED.matcher(output);
        while (matcher.find()) {
            String name = ImageReference.normalise(matcher.group(1));
            if (!name.equals(matcher.group(1))) {
                ctr("images", "tag", "--force", matcher.group(1), name);
            }
            references.add(name);
        }
        if (references.isEmpty()) {
            throw new ImagePullException("the archive " + archive + " holds no image with a name: " + output.strip());
        }
        changeImported(names -> names.addAll(references));
        references.forEach(name -> await("containerd does not show the image that was imported: " + name,
            () -> find(name).isPresent()));
        return references;
    }

    private String ctr(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ctr", "--address", config.socket().toString()));
        command.addAll(List.of("--namespace", "k8s.io"));
        command.addAll(List.of(arguments));
        Commands.Result result = Commands.attempt(ARCHIVE_LIMIT, "", command);
        if (!result.succeeded()) {
            throw new ImagePullException(result.output().strip());
        }
        return result.output();
    }

    /** CRI learns of other clients' changes by events, a moment later. */
    private static void await(String otherwise, BooleanSupplier condition) {
        if (!Waiting.until(SEEN_LIMIT, condition)) {
            throw new RuntimeUnavailableException(otherwise);
        }
    }

    @Override
    public List<Image> list() {
        Set<String> imported = imported();
        return connection.images(LIMIT, stub -> stub.listImages(Cri.ListImagesRequest.getDefaultInstance()))
            .getImagesList().stream().map(image -> image(image, imported))
            .filter(image -> !image.references().contains(PauseImage.REFERENCE)).toList();
    }

    @Override
    public Optional<Image> find(String referenceOrId) {
        Cri.ImageStatusRequest request = Cri.ImageStatusRequest.newBuilder().setImage(spec(referenceOrId)).build();
        Cri.ImageStatusResponse response = connection.images(LIMIT, stub -> stub.imageStatus(request));
        return response.hasImage() ? Optional.of(image(response.getImage(), imported())) : Optional.empty();
    }

    private static Image image(Cri.Image image, Set<String> imported) {
        String user = image.hasUid() ? Long.toString(image.getUid().getValue()) : image.getUsername();
        return new Image(image.getId(), image.getRepoTagsList(), image.getRepoDigestsList(), image.getSize(), user,
            image.getRepoTagsList().stream().anyMatch(imported::contains));
    }

    /** CRI removes an image with all its names; a name that isn't the only one goes alone. */
    @Override
    public void remove(String referenceOrId) {
        String name = ImageReference.normalise(referenceOrId);
        Optional<Image> known = find(name);
        if (known.isEmpty()) {
            return;
        }
        List<String> references = known.get().references();
        if (references.size() > 1 && references.contains(name)) {
            ctr("images", "remove", name);
            await("containerd still shows the image " + name, () -> find(name).isEmpty());
            changeImported(names -> names.remove(name));
            return;
        }
        connection.images(LIMIT, stub -> stub.removeImage(
            Cri.RemoveImageRequest.newBuilder().setImage(spec(name)).build()));
        changeImported(names -> names.removeAll(Set.copyOf(references)));
    }

    private Set<String> imported() {
        fileLock.lock();
        try {
            return Files.exists(importedFile) ? new TreeSet<>(Files.readAllLines(importedFile)) : new TreeSet<>();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            fileLock.unlock();
        }
    }

    private void changeImported(Predicate<Set<String>> change) {
        fileLock.lock();
        try {
            Set<String> names = imported();
            if (change.test(names)) {
                Folders.replace(importedFile, String.join("\n", names) + "\n");
            }
        } finally {
            fileLock.unlock();
        }
    }
}
