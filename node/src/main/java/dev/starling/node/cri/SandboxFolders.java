package dev.starling.node.cri;

import dev.starling.node.host.Folders;
import dev.starling.node.runtime.PodIdentity;
import dev.starling.node.runtime.Resolver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files that containerd keeps of a sandbox and mounts into its containers, and our own note of whose it is. Files
 * are rewritten in place, so that containers which have them mounted see the change.
 */
final class SandboxFolders {
    private static final String CRI = "io.containerd.grpc.v1.cri/sandboxes";
    private static final String TASKS = "io.containerd.runtime.v2.task/k8s.io";

    private final Containerd containerd;
    private final Path claims;

    SandboxFolders(Containerd containerd) {
        this.containerd = containerd;
        this.claims = containerd.names().runFolder().resolve("claims");
    }

    private Path folder(String sandboxId) {
        return containerd.config().root().resolve(CRI).resolve(sandboxId);
    }

    /** The number of the sandbox's first process, while it has one. */
    Optional<Long> firstProcess(String sandboxId) {
        Path file = containerd.config().state().resolve(TASKS).resolve(sandboxId).resolve("init.pid");
        return read(containerd.process().view(file)).map(text -> Long.parseLong(text.strip()));
    }

    /** The name that containers find in HOSTNAME. */
    String hostname(String sandboxId) {
        return read(folder(sandboxId).resolve("hostname")).orElse("").strip();
    }

    /** The pod that owns the sandbox, or nothing while it is nobody's. */
    String owner(String sandboxId) {
        return read(claims.resolve(sandboxId)).orElse("").strip();
    }

    void claim(String sandboxId, String address, PodIdentity identity) {
        Folders.create(identity.logFolder());
        write(folder(sandboxId).resolve("hostname"), identity.hostname() + "\n");
        write(folder(sandboxId).resolve("hosts"), hosts(address, identity));
        write(folder(sandboxId).resolve("resolv.conf"), resolver(identity.resolver()));
        write(claims.resolve(sandboxId), identity.uid() + "\n");
    }

    void forget(String sandboxId) {
        try {
            Files.deleteIfExists(claims.resolve(sandboxId));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String hosts(String address, PodIdentity identity) {
        StringBuilder text = new StringBuilder("""
            127.0.0.1\tlocalhost
            ::1\tlocalhost ip6-localhost ip6-loopback
            """);
        text.append(address).append('\t');
        if (!identity.domain().isEmpty()) {
            text.append(identity.hostname()).append('.').append(identity.domain()).append('\t');
        }
        text.append(identity.hostname()).append('\n');
        identity.hosts().forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    static String resolver(Resolver resolver) {
        if (resolver.servers().isEmpty()) {
            return read(Path.of("/etc/resolv.conf")).orElse("");
        }
        StringBuilder text = new StringBuilder();
        if (!resolver.searches().isEmpty()) {
            text.append("search ").append(String.join(" ", resolver.searches())).append('\n');
        }
        resolver.servers().forEach(server -> text.append("nameserver ").append(server).append('\n'));
        if (!resolver.options().isEmpty()) {
            text.append("options ").append(String.join(" ", resolver.options())).append('\n');
        }
        return text.toString();
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("can't read " + file, e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("can't write " + file, e);
        }
    }
}
