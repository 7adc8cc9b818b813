package dev.starling.apiserver.admission.hook;

import dev.starling.apiserver.admission.match.Cached;
import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** Lets webhooks judge a write, all at once; the first in the order of their names that denies it is heard. */
public final class ValidatingHooks implements Admission {
    private final Cached<List<Hook>> configurations =
            new Cached<>(Kinds.VALIDATING_WEBHOOK_CONFIGURATIONS, Hook::of);
    private final HookCall calls;
    private final Executor executor;

    ValidatingHooks(HookCall calls, Executor executor) {
        this.calls = calls;
        this.executor = executor;
    }

    @Override
    public KubeObject admit(AdmissionRequest request) {
        var hooks = configurations.all(request.reader()).stream().flatMap(List::stream)
                .filter(hook -> calls.concerns(hook, request)).toList();
        if (hooks.size() == 1) {
            calls.ask(hooks.getFirst(), request);
        } else if (!hooks.isEmpty()) {
            askAll(hooks, request);
        }
        return request.object();
    }

    private void askAll(List<Hook> hooks, AdmissionRequest request) {
        var asked = hooks.stream().map(hook ->
                CompletableFuture.supplyAsync(() -> refusal(hook, request), executor)).toList();
        try {
            var refusals = asked.stream().map(CompletableFuture::join).flatMap(Optional::stream).toList();
            refusals.stream().findFirst().ifPresent(refusal -> {
                throw refusal;
            });
        } catch (CompletionException bug) {
            throw new IllegalStateException("a webhook's call failed", bug.getCause());
        }
    }

    private Optional<ApiException> refusal(Hook hook, AdmissionRequest request) {
        try {
            calls.ask(hook, request);
            return Optional.empty();
        } catch (ApiException e) {
            return Optional.of(e);
        }
    }
}
