package dev.starling.node.host;

import java.nio.file.Path;

/** What can be changed in the namespaces of a running sandbox, through its first process. */
public final class NamespaceFiles {
    private NamespaceFiles() {}

    public static Path network(long pid) {
        return Path.of("/proc/" + pid + "/ns/net");
    }

    public static void renameHost(long pid, String hostname) {
        Syscalls.renameHost(Path.of("/proc/" + pid + "/ns/uts"), hostname);
    }
}
