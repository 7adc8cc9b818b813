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
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Rewrites the objects whose encryption the settings have changed since the last start, a bounded part in each step,
 * and then notes in a file that it is done. What the settings before named is rewritten too, so that their keys can go;
 * until all is done the file names it beside what the new ones name. Clients see each as modified, with nothing changed
 * but its version.
 */
public final class KeyRotation implements Loop {
    private static final System.Logger LOG = System.getLogger(KeyRotation.class.getName());
    private static final int MOST_PER_STEP = 200;

    private final RevisionStore<KubeObject> store;
    private final EncryptionSettings settings;
    private final Path done;
    private Set<String> concerned = Set.of(); // of the loop's thread, like those below
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
        if (after.isEmpty() && !begun()) {
            return Next.OVER;
        }
        var page = store.range(RangeQuery.prefix("").after(after).limitedTo(MOST_PER_STEP));
        page.entries().stream().filter(this::concerned).forEach(this::rewrite);
        if (page.more()) {
            after = page.entries().getLast().key();
            return Next.AGAIN;
        }
        note(settings.fingerprint(), settings.resources());
        LOG.log(Level.INFO, "rewrote objects for changed encryption settings objects=" + rewritten);
        return Next.OVER;
    }

    /** Notes what is to be rewritten, so that it is not forgotten if the next start has yet other settings. */
    private boolean begun() {
        var noted = noted();
        if (noted.getFirst().equals(settings.fingerprint())) {
            return false;
        }
        var named = new TreeSet<>(settings.resources());
        named.addAll(noted.size() > 1 ? List.of(noted.get(1).split(" ")) : List.of("*.*"));
        named.remove("");
        concerned = Set.copyOf(named);
        note(noted.getFirst(), named);
        return true;
    }

    /** A fingerprint, and the resources that may be encrypted; an older version has noted the fingerprint alone. */
    private List<String> noted() {
        try {
            return Files.exists(done) ? Files.readString(done).lines().toList()
                    : List.of(EncryptionSettings.NONE.fingerprint(), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean concerned(Entry<KubeObject> entry) {
        String[] parts = entry.key().split("/", 3);
        String group = parts[0].equals("core") ? "" : parts[0];
        return concerned.stream().anyMatch(pattern -> EncryptionSettings.covers(pattern, group, parts[1]));
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

    private void note(String fingerprint, Set<String> resources) {
        try {
            var fresh = Files.writeString(done.resolveSibling(done.getFileName() + ".new"),
                    fingerprint + "\n" + String.join(" ", new TreeSet<>(resources)) + "\n");
            Files.move(fresh, done, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
