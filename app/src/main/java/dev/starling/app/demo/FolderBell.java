package dev.starling.app.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;

/** Rings at every change of a file right below a folder, from a thread of its own, until it is closed. */
final class FolderBell implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(FolderBell.class.getName());

    private final WatchService watch;

    FolderBell(Path folder, Bell bell) {
        try {
            watch = folder.getFileSystem().newWatchService();
            folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("folder-bell").start(() -> follow(bell));
    }

    private void follow(Bell bell) {
        try {
            while (true) {
                var key = watch.take();
                key.pollEvents();
                key.reset();
                bell.ring();
            }
        } catch (InterruptedException | ClosedWatchServiceException e) {
            LOG.log(Level.DEBUG, "no longer follows the folder", e);
        }
    }

    @Override
    public void close() {
        try {
            watch.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
