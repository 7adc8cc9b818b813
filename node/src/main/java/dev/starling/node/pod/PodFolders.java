package dev.starling.node.pod;

import java.nio.file.Path;

/** Where the files of pods are: volumes and termination messages below one folder, logs below another. */
public record PodFolders(Path pods, Path logs) {
    public PodFolders {
        if (!pods.isAbsolute() || !logs.isAbsolute()) {
            throw new IllegalArgumentException("folders of pods must be absolute: " + pods + ", " + logs);
        }
    }

    /** The two folders below a data folder. */
    public static PodFolders below(Path folder) {
        var root = folder.toAbsolutePath();
        return new PodFolders(root.resolve("pods"), root.resolve("logs"));
    }

    public Path pod(String uid) {
        return pods.resolve(uid);
    }

    public Path volume(String uid, String volume) {
        return pod(uid).resolve("volumes").resolve(volume);
    }

    /** The file that a container leaves its termination message in. */
    public Path message(String uid, String container, int attempt) {
        return pod(uid).resolve("containers").resolve(container).resolve(attempt + ".message");
    }

    public Path podLogs(PodView pod) {
        return logs.resolve(pod.namespace() + "_" + pod.name() + "_" + pod.uid());
    }

    public Path log(PodView pod, String container, int attempt) {
        return podLogs(pod).resolve(container).resolve(attempt + ".log");
    }
}
