package dev.starling.store;

import java.io.File;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * Loads RocksDB's native code from the JVM's library path, else from an unpacked copy beside the store. RocksDB's own
 * way unpacks it anew for each process into the folder for temporary files, which takes most of the time of a start and
 * leaves litter after a kill.
 */
final class NativeLibrary {
    private static final Logger LOG = System.getLogger(NativeLibrary.class.getName());
    private static final String FILE = Environment.getJniLibraryFileName("rocksdbjni");

    /** Guarded by the class. */
    private static boolean loaded;

    private NativeLibrary() {}

    static synchronized void load(Path folder) {
        if (loaded) {
            return;
        }
        try {
            RocksDB.loadLibrary(List.of(home(folder.toAbsolutePath()).toString()));
        } catch (IOException | UnsatisfiedLinkError unusable) {
            LOG.log(Level.WARNING, "loading RocksDB the slow way folder=" + folder + " reason=" + unusable);
            RocksDB.loadLibrary();
        }
        loaded = true;
    }

    private static Path home(Path folder) throws IOException {
        for (String installed : System.getProperty("java.library.path", "").split(File.pathSeparator)) {
            if (Files.exists(Path.of(installed, FILE))) {
                return Path.of(installed);
            }
        }
        return unpacked(folder);
    }

    /** The folder of the unpacked copy, named for its content so that another version gets another copy. */
    private static Path unpacked(Path folder) throws IOException {
        var resource = RocksDB.class.getClassLoader().getResource(Environment.getJniLibraryFileName("rocksdb"));
        if (resource == null || !(resource.openConnection() instanceof JarURLConnection packed)) {
            throw new IOException("RocksDB is not in a jar with code for this machine");
        }
        var entry = packed.getJarEntry();
        var home = folder.resolve(Long.toHexString(entry.getCrc()));
        var copy = home.resolve(FILE);
        if (!Files.exists(copy) || Files.size(copy) != entry.getSize()) {
            Files.createDirectories(home);
            unpack(resource, copy);
        }
        return home;
    }

    private static void unpack(URL resource, Path copy) throws IOException {
        var part = Files.createTempFile(copy.getParent(), "unpack", ".part");
        try (var in = resource.openStream()) {
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            try (var channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(part, copy, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
