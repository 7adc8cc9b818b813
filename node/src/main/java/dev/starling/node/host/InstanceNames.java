package dev.starling.node.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The names of everything that one instance makes on the machine. They derive from its data folder alone, so that
 * instances never meet, and what a killed process left behind can be found again.
 *
 * @param folder the data folder
 * @param key eight hexadecimal digits that stand for it
 */
public record InstanceNames(Path folder, String key) {
    private static final int KEY_LENGTH = 8;
    private static final int LINK_KEY_LENGTH = 6;

    /** Creates the folder if needed, because only then is its real path known. */
    public static InstanceNames of(Path folder) {
        try {
            Path real = Files.createDirectories(folder).toRealPath();
            byte[] digest = MessageDigest.getInstance("SHA-256")
                .digest(real.toString().getBytes(StandardCharsets.UTF_8));
            return new InstanceNames(real, HexFormat.of().formatHex(digest).substring(0, KEY_LENGTH));
        } catch (IOException e) {
            throw new UncheckedIOException("the data folder can't be made: " + folder, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sockets and what lasts only until the machine restarts; short, because socket paths are limited to 108 bytes. */
    public Path runFolder() {
        return Path.of("/run", "starling-" + key);
    }

    /** Images, the runtime's own records and its log. */
    public Path runtimeFolder() {
        return folder.resolve("runtime");
    }

    /** The nftables table, of family ip. */
    public String table() {
        return "starling-" + key;
    }

    /** The cgroup that all pods are below, relative to the cgroup root. */
    public String cgroup() {
        return "starling-" + key;
    }

    /** What the names of all host-side links begin with: nine of the fifteen characters that a link may have. */
    public String linkPrefix() {
        return "st" + key.substring(0, LINK_KEY_LENGTH) + "-";
    }
}
