package dev.starling.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command finds around it: the streams, the environment, the home folder and the way to servers. Tests give
 * another one.
 */
record Session(PrintStream out, PrintStream err, InputStream in, Map<String, String> environment, Path home,
        Server.Directory servers) {

    /** The folder in which a server keeps everything when none is named. */
    Path dataFolder() {
        String named = environment.getOrDefault("STARLING_DATA", "");
        if (!named.isEmpty()) {
            return Path.of(named);
        }
        String shared = environment.getOrDefault("XDG_DATA_HOME", "");
        return (shared.isEmpty() ? home.resolve(".local/share") : Path.of(shared)).resolve("starling");
    }

    /** The kubeconfig that a server writes into its folder. */
    Path usualKubeconfig() {
        return dataFolder().resolve("kubeconfig");
    }

    void say(String line) {
        out.print(line + "\n");
    }

    void warn(String line) {
        err.print("warning: " + line + "\n");
    }
}
