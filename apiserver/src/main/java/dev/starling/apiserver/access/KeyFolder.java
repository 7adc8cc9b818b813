package dev.starling.apiserver.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Optional;

/** Keys and certificates as PEM files that only their owner may read. */
final class KeyFolder {
    private final Path folder;

    KeyFolder(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nothing if there are no such files, or if they hold no usable key and certificate. */
    Optional<CertifiedKey> find(String name) {
        try {
            return Optional.of(new CertifiedKey(Pem.certificate(Files.readString(folder.resolve(name + ".crt"))),
                    Pem.privateKey(Files.readString(folder.resolve(name + ".key")))));
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    boolean holds(String name) {
        return Files.exists(folder.resolve(name));
    }

    CertifiedKey keep(String name, CertifiedKey key) {
        try {
            write(name + ".key", Pem.of(key.key()));
            write(name + ".crt", Pem.of(key.certificate()));
            return key;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate could not be encoded", e);
        }
    }

    String read(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces a file as a whole: a reader sees the old text or the new one. */
    void write(String name, String text) {
        try {
            replace(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void replace(Path file, String text) throws IOException {
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
