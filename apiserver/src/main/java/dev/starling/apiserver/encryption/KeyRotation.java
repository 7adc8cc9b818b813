package dev.starling.apiserver.encryption;

import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.KubeObject;
import dev.starling.store.ConflictException;
import dev.starling.store.Entry;
import dev.starling.store.RangeQuery;
import dev.starling.store.RevisionStore;
import dev.starling.store.Write;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;

/**
 * Rewrites the objects whose encryption the settings have changed since the last start, a bounded part in each step,
 * and then notes in a file that it is done. Clients see each as modified, with nothing changed but its version.
 */
public final class KeyRotation implements Loop {
    private static final System.Logger LOG = System.getLogger(KeyRotation.class.getName());
    private static final int MOST_PER_STEP = 200;

    private final RevisionStore<KubeObject> store;
    private final EncryptionSettings settings;
    private final Path done;
    private String after = "";
    private long rewritten;

    /** @param done tells which settings were rewritten for last */
    public KeyRotation(RevisionStore<KubeObject> store, EncryptionSettings settings, Path done) {
        this.store = store;
        this.settings = settings;
        this.done = done;
    }

    @Override
    public String name() {
        return "key-rotation";
    }

    @Override
    public Next step(Instant now) {
        if (upToDate()) {
            return Next.OVER;
        }
        var page = store.range(RangeQuery.prefix("").after(after).limitedTo(MOST_PER_STEP));
        page.entries().stream().filter(this::concerned).forEach(this::rewrite);
        if (page.more()) {
            after = page.entries().getLast().key();
            return Next.AGAIN;
        }
        note();
        LOG.log(Level.INFO, "rewrote objects for changed encryption settings objects=" + rewritten);
        return Next.OVER;
    }

    private boolean upToDate() {
        try {
            String noted = Files.exists(done) ? Files.readString(done).strip() : EncryptionSettings.NONE.fingerprint();
            return noted.equals(settings.fingerprint());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is not encrypted any more, because its entry is gone, is rewritten too: all kinds that may have been. */
    private boolean concerned(Entry<KubeObject> entry) {
        String[] parts = entry.key().split("/", 3);
        String group = parts[0].equals("core") ? "" : parts[0];
        return !settings.used() || settings.entries().stream().anyMatch(e -> e.covers(group, parts[1]));
    }

    private void rewrite(Entry<KubeObject> entry) {
        try {
            store.commit(Write.update(entry.key(), entry.revision(), revision ->
                    entry.value().with(Long.toString(revision), "metadata", "resourceVersion")));
            rewritten++;
        } catch (ConflictException e) {
            LOG.log(Level.DEBUG, "somebody else rewrote the object key=" + entry.key(), e);
        }
    }

    private void note() {
        try {
            var fresh = Files.writeString(done.resolveSibling(done.getFileName() + ".new"),
                    settings.fingerprint() + "\n");
            Files.move(fresh, done, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
