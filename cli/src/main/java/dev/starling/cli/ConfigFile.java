package dev.starling.cli;

import dev.starling.cli.cluster.ClusterConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads the file behind {@code -f}; {@code -} is the standard input. */
final class ConfigFile {
    private ConfigFile() {
    }

    static ClusterConfig read(String name, Session session) {
        try {
            if (name.equals("-")) {
                return ClusterConfig.read(new String(session.in().readAllBytes(), StandardCharsets.UTF_8), "stdin");
            }
            return ClusterConfig.read(Files.readString(Path.of(name)), name);
        } catch (NoSuchFileException e) {
            throw new CliException(name + " does not exist");
        } catch (IOException e) {
            throw new CliException(name + " can't be read: " + e.getMessage());
        }
    }
}
