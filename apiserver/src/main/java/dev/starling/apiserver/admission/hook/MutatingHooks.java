package dev.starling.apiserver.admission.hook;

import dev.starling.apiserver.admission.expression.Review;
import dev.starling.apiserver.admission.match.Cached;
import dev.starling.apiserver.admission.match.Changes;
import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.patch.JsonPatch;
import dev.starling.kube.patch.PatchException;
import java.util.List;
import java.util.Optional;

/**
 * Lets webhooks change a write, one after another. When one has changed it, all stations see the write once more, and
 * with them those webhooks that asked for it and that had been called before the change.
 */
public final class MutatingHooks implements Admission {
    private final Cached<List<Hook>> configurations =
            new Cached<>(Kinds.MUTATING_WEBHOOK_CONFIGURATIONS, Hook::of);
    private final HookCall calls;

    MutatingHooks(HookCall calls) {
        this.calls = calls;
    }

    @Override
    public KubeObject admit(AdmissionRequest request) {
        var all = configurations.all(request.reader());
        return all.isEmpty() ? request.object() : admit(all.stream().flatMap(List::stream).toList(), request);
    }

    private KubeObject admit(List<Hook> hooks, AdmissionRequest request) {
        var passes = request.circumstances().passes();
        var here = request;
        for (int i = 0; i < hooks.size(); i++) {
            var hook = hooks.get(i);
            var seen = passes.calls(hook.uid()) ? calls.seen(hook, here) : Optional.<AdmissionRequest>empty();
            if (seen.isPresent()) {
                var changed = asked(new HookNotes(here, hook, i), seen.get());
                if (!changed.equals(here.object())) {
                    here = here.with(changed);
                    passes.changed();
                }
                if (hook.settings().repeats()) {
                    passes.called(hook.uid());
                }
            }
        }
        return here.object();
    }

    private KubeObject asked(HookNotes notes, AdmissionRequest seen) {
        var request = notes.request();
        var changed = request.object();
        try {
            var answer = calls.ask(notes.hook(), request, seen);
            if (answer.isEmpty()) {
                notes.failedOpen();
            }
            var patch = answer.flatMap(HookAnswer::patch).filter(operations -> operations.size() > 0);
            if (patch.isPresent()) {
                changed = Changes.of(request, seen, patched(notes.hook(), seen, patch.get()));
                notes.patched(patch.get());
            }
            return changed;
        } finally {
            notes.called(!changed.equals(request.object()));
        }
    }

    private static JsonObject patched(Hook hook, AdmissionRequest request, JsonArray patch) {
        try {
            if (JsonPatch.apply(Review.object(request), patch) instanceof JsonObject changed) {
                return changed;
            }
        } catch (PatchException e) {
            throw ApiException.internal("failed calling webhook \"" + hook.name() + "\": the patch cannot be applied: "
                    + e.getMessage());
        }
        throw ApiException.internal("failed calling webhook \"" + hook.name() + "\": the patch leaves no object");
    }
}
