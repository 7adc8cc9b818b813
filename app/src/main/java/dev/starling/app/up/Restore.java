package dev.starling.app.up;

import dev.starling.app.options.Arguments;
import dev.starling.store.Backup;
import dev.starling.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** {@code starling restore FILE}: makes the objects of a new data folder of a backup. */
public final class Restore {
    public static final String USAGE = """
            Usage: starling restore FILE [--data DIR]     makes the store of a data folder that has none yet of a file
                                                          that starling backup wrote. Copy the old folder's keys, too,
                                                          if clients shall keep their certificates and tokens.
            """;

    private Restore() {
    }

    /** The exit code. */
    public static int run(List<String> words, Path usual) {
        if (words.isEmpty() || words.getFirst().startsWith("-")) {
            throw new Arguments.UsageException("restore needs the file of a backup");
        }
        var arguments = new Arguments(words.subList(1, words.size()), Set.of("--data"), Set.of());
        var folder = DataFolder.at(arguments.find("--data").map(Path::of).orElse(usual));
        try {
            long revision = Backup.restore(Path.of(words.getFirst()), folder.store());
            System.out.println("Restored " + folder.store() + " at revision " + revision);
            return 0;
        } catch (StoreException e) {
            throw new StartException(e.getMessage(), e);
        } catch (IOException e) {
            throw new StartException("restoring " + words.getFirst() + " failed: " + e, e);
        }
    }
}
