package dev.starling.node.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;

/** Making and removing folders, and replacing files. */
public final class Folders {
    private static final Duration LONG = Duration.ofMinutes(10);

    private Folders() {}

    public static void create(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("can't make the folder " + folder, e);
        }
    }

    /** The file holds the old text or the new one, whenever this process or the machine's space ends. */
    public static void replace(Path file, String text) {
        Path draft = file.resolveSibling("." + file.getFileName() + ".new");
        try {
            Files.writeString(draft, text);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("can't write " + file, e);
        }
    }

    /** Removes the folder and all in it, if it is there, never following links. */
    public static void remove(Path folder) {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path dir, IOException failure) throws IOException {
                    Files.deleteIfExists(dir);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                    if (failure instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw failure;
                }
            });
        } catch (IOException e) {
            removeByTool(folder, e);
        }
    }

    /** Containers can make paths that are longer than a system call takes; {@code rm} goes down step by step. */
    private static void removeByTool(Path folder, IOException cause) {
        var result = Commands.attempt(LONG, "", List.of("rm", "-rf", "--one-file-system", "--", folder.toString()));
        if (!result.succeeded()) {
            throw new UncheckedIOException("can't remove the folder " + folder + ": " + result.output().strip(), cause);
        }
    }
}
