package dev.starling.apiserver.registry;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.store.Entry;
import java.time.InstantSource;
import java.util.Optional;

/** Deletes objects of every kind in the same steps. */
final class Deleter {
    private static final int MOST_TRIES = 512;

    private final Writer writer;
    private final Committer committer;
    private final InstantSource clock;

    Deleter(Writer writer, Committer committer, InstantSource clock) {
        this.writer = writer;
        this.committer = committer;
        this.clock = clock;
    }

    Deleted delete(Writer.Job job, DeleteOptions options) {
        if (options.propagation().isEmpty() && !job.kind().rules().orphaningWarning().isEmpty()) {
            job.request().warnings().add(job.kind().rules().orphaningWarning());
        }
        for (int i = 0; i < MOST_TRIES; i++) {
            var entry = committer.entry(job.kind(), job.key()).orElseThrow(() -> Writer.missing(job.key()));
            checkPreconditions(job.key(), entry.value(), options);
            job.kind().rules().checkDeletion(entry.value());
            writer.admitDeletion(job, entry.value());
            var step = Deletions.step(job.kind().rules(), entry.value(), options, clock.instant());
            var answer = options.dryRun() ? Optional.of(dry(step, entry.value())) : done(job.kind(), step, entry);
            if (answer.isPresent()) {
                return answer.get();
            }
        }
        throw Writer.conflict(job.key(), "the object was changed again and again while it was to be deleted");
    }

    private static Deleted dry(Deletions.Step step, KubeObject object) {
        return switch (step) {
            case Deletions.Step.Wait() -> new Deleted(object, false);
            case Deletions.Step.Mark(KubeObject marked) -> new Deleted(marked, false);
            case Deletions.Step.Remove() -> new Deleted(object, true);
        };
    }

    private Optional<Deleted> done(Kind kind, Deletions.Step step, Entry<KubeObject> entry) {
        return switch (step) {
            case Deletions.Step.Wait() -> Optional.of(new Deleted(entry.value(), false));
            case Deletions.Step.Mark(KubeObject marked) ->
                    committer.replace(kind, entry, marked).map(object -> new Deleted(object, false));
            case Deletions.Step.Remove() -> committer.remove(kind, entry)
                    ? Optional.of(new Deleted(entry.value(), true)) : Optional.empty();
        };
    }

    private static void checkPreconditions(ObjectKey key, KubeObject object, DeleteOptions options) {
        options.uid().filter(uid -> !uid.equals(object.uid())).ifPresent(uid -> {
            throw failed(key, "UID", uid, object.uid());
        });
        options.resourceVersion().filter(version -> !version.equals(object.resourceVersion())).ifPresent(version -> {
            throw failed(key, "ResourceVersion", version, object.resourceVersion());
        });
    }

    private static ApiException failed(ObjectKey key, String what, String wanted, String found) {
        return Writer.conflict(key, "Precondition failed: " + what + " in precondition: " + wanted + ", " + what
                + " in object meta: " + found);
    }
}
