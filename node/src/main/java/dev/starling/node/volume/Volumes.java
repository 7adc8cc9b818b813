package dev.starling.node.volume;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Quantity;
import dev.starling.node.host.Folders;
import dev.starling.node.pod.ContainerView;
import dev.starling.node.pod.Expansion;
import dev.starling.node.pod.Fields;
import dev.starling.node.pod.MissingConfigException;
import dev.starling.node.pod.PodFolders;
import dev.starling.node.pod.PodView;
import dev.starling.node.pod.Sources;
import dev.starling.node.runtime.ContainerSpec.Mount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Makes, refreshes and removes the volumes of pods. Thread-safe; the calls for one pod come one after the other. */
public final class Volumes {
    private static final long DEFAULT_TOKEN_SECONDS = 3600;
    private static final byte[] NOTHING = {};

    private final PodFolders folders;
    private final Optional<Path> memoryFolder;
    private final boolean written;
    private final Sources sources;
    private final Tokens tokens;
    private final InstantSource clock;
    private final Map<String, Held> held = new ConcurrentHashMap<>();

    private record Held(Tokens.Token token, Duration life) {
    }

    /**
     * Where volumes are.
     *
     * @param memory a folder in memory for {@code emptyDir.medium: Memory}; without it such volumes fail
     * @param written whether there is anybody to see them; otherwise it is only checked what they refer to
     */
    public record Places(PodFolders folders, Optional<Path> memory, boolean written) {
    }

    public Volumes(Places places, Sources sources, Tokens tokens, InstantSource clock) {
        this.folders = places.folders();
        this.memoryFolder = places.memory();
        this.written = places.written();
        this.sources = sources;
        this.tokens = tokens;
        this.clock = clock;
    }

    /**
     * Makes all volumes of a pod, or brings those that follow the API up to date.
     *
     * @throws VolumeException if one can't be made (yet)
     */
    public void mount(PodView pod, Fields.Place place) {
        for (var volume : pod.volumes()) {
            try {
                mount(pod, volume, place);
            } catch (MissingConfigException | ApiException | UncheckedIOException | IllegalArgumentException e) {
                throw new VolumeException(volume.text("name"), String.valueOf(e.getMessage()));
            } catch (IOException e) {
                throw new VolumeException(volume.text("name"), e.toString());
            }
        }
    }

    private void mount(PodView pod, JsonObject volume, Fields.Place place) throws IOException {
        if (volume.has("csi")) {
            throw new MissingConfigException("kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name "
                    + volume.text("csi", "driver") + " not found in the list of registered CSI drivers");
        }
        var folder = folder(pod, volume);
        var group = group(pod);
        if (Payload.projects(volume)) {
            var files = Payload.of(volume, pod, sources, place,
                    source -> written ? token(pod, volume, source) : NOTHING);
            if (written) {
                AtomicFolder.write(folder, files, group);
            }
            return;
        }
        if (written && !Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            VolumeFiles.mode(folder, 0777);
            if (group.isPresent()) {
                Files.setAttribute(folder, "unix:gid", (int) group.getAsLong());
                VolumeFiles.mode(folder, 02777);
            }
        }
    }

    private static OptionalLong group(PodView pod) {
        long group = pod.spec().at("securityContext", "fsGroup").number(-1);
        return group < 0 ? OptionalLong.empty() : OptionalLong.of(group);
    }

    private Path folder(PodView pod, JsonObject volume) {
        String name = volume.text("name");
        if (volume.text("emptyDir", "medium").equals("Memory")) {
            return memoryFolder.orElseThrow(() -> new IllegalArgumentException("this host has no folder in memory"))
                    .resolve(pod.uid()).resolve(name);
        }
        return folders.volume(pod.uid(), name);
    }

    private byte[] token(PodView pod, JsonObject volume, JsonObject source) {
        String audience = source.text("audience");
        long seconds = source.at("expirationSeconds").number(DEFAULT_TOKEN_SECONDS);
        String key = pod.uid() + "/" + volume.text("name") + "/" + source.text("path");
        var old = Optional.ofNullable(held.get(key)).filter(this::fresh);
        if (old.isPresent()) {
            return old.get().token().text().getBytes(StandardCharsets.UTF_8);
        }
        var made = tokens.request(pod, audience.isEmpty() ? List.of() : List.of(audience), seconds);
        held.put(key, new Held(made, Duration.between(clock.instant(), made.expires())));
        return made.text().getBytes(StandardCharsets.UTF_8);
    }

    /** A token is renewed when less than a fifth of its life is left, or after a day. */
    private boolean fresh(Held old) {
        var left = Duration.between(clock.instant(), old.token().expires());
        var life = old.life();
        return left.multipliedBy(5).compareTo(life) > 0 && life.minus(left).compareTo(Duration.ofDays(1)) < 0;
    }

    /**
     * The mounts of a container, in the order of its specification.
     *
     * @throws MissingConfigException if a sub path leads out of its volume
     */
    public List<Mount> mounts(PodView pod, ContainerView container, Map<String, String> env) {
        var mounts = new ArrayList<Mount>();
        for (var mount : container.mounts()) {
            String name = mount.text("name");
            var volume = pod.volumes().stream().filter(v -> v.text("name").equals(name)).findFirst()
                    .orElseThrow(() -> new MissingConfigException("volume " + name + " not found"));
            boolean readOnly = mount.flag("readOnly") || Payload.projects(volume);
            mounts.add(new Mount(source(folder(pod, volume), mount, env), mount.text("mountPath"), readOnly));
        }
        return mounts;
    }

    private Path source(Path folder, JsonObject mount, Map<String, String> env) {
        String expression = mount.text("subPathExpr");
        String sub = expression.isEmpty() ? mount.text("subPath") : Expansion.expand(expression, env);
        if (sub.isEmpty() || !written) {
            return folder;
        }
        try {
            return within(folder, sub);
        } catch (IOException e) {
            throw new MissingConfigException("failed to prepare subPath for volumeMount \"" + mount.text("name")
                    + "\": " + e.getMessage());
        }
    }

    /**
     * The real place of a path in a volume, made where it is missing. Containers may have put links into the volume,
     * so each step is looked at before the next one is made below it.
     */
    private static Path within(Path folder, String sub) throws IOException {
        var path = folder.resolve(sub).normalize();
        var root = folder.toRealPath();
        var place = root;
        boolean inside = path.startsWith(folder);
        for (Path name : inside ? folder.relativize(path) : Path.of("")) {
            var next = place.resolve(name);
            if (!Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(next);
                VolumeFiles.mode(next, 0777);
            }
            place = next.toRealPath();
            inside &= place.startsWith(root);
            if (!inside) {
                break;
            }
        }
        if (!inside) {
            throw new MissingConfigException("subPath \"" + sub + "\" must stay in its volume");
        }
        return place;
    }

    /** True for pods whose volumes may change while they run. */
    public boolean changes(PodView pod) {
        return written && pod.volumes().stream().anyMatch(Payload::projects);
    }

    /** True for pods with a volume whose size has a limit. */
    public boolean limited(PodView pod) {
        return written && pod.volumes().stream().anyMatch(volume -> !limit(volume).equals(Quantity.ZERO));
    }

    private static Quantity limit(JsonObject volume) {
        var limit = volume.at("emptyDir", "sizeLimit");
        return Quantity.tryParse(limit.text().isEmpty() ? limit.toString() : limit.text()).orElse(Quantity.ZERO);
    }

    /** Which volume holds more than its limit, in upstream's words. */
    public Optional<String> excess(PodView pod) {
        for (var volume : pod.volumes()) {
            var limit = limit(volume);
            if (!limit.equals(Quantity.ZERO) && VolumeFiles.size(folder(pod, volume)) > limit.units()) {
                return Optional.of("Usage of EmptyDir volume \"" + volume.text("name") + "\" exceeds the limit \""
                        + limit + "\". ");
            }
        }
        return Optional.empty();
    }

    /** Removes what is there of pods that are not to be kept. */
    public void removeAllBut(Predicate<String> kept) {
        var present = new TreeSet<>(names(folders.pods()));
        memoryFolder.ifPresent(folder -> present.addAll(names(folder)));
        present.stream().filter(kept.negate()).forEach(this::remove);
    }

    private static List<String> names(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var present = Files.list(folder)) {
            return present.map(path -> path.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** False where nobody sees files: then none are made. */
    public boolean written() {
        return written;
    }

    /** Removes all that a pod had, messages of containers included. */
    public void remove(String uid) {
        if (!written) {
            return;
        }
        held.keySet().removeIf(key -> key.startsWith(uid + "/"));
        Folders.remove(folders.pod(uid));
        memoryFolder.ifPresent(folder -> Folders.remove(folder.resolve(uid)));
    }
}
