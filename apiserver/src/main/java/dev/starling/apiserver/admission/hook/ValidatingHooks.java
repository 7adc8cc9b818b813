package dev.starling.apiserver.admission.hook;

import dev.starling.apiserver.admission.match.Cached;
import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.webhook.Trace;
import dev.starling.apiserver.webhook.Waiting;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;

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
        var questions = configurations.all(request.reader()).stream().flatMap(List::stream)
                .flatMap(hook -> calls.seen(hook, request).map(seen -> new Question(hook, request, seen)).stream())
                .toList();
        if (questions.size() == 1) {
            ask(questions.getFirst(), 0);
        } else if (!questions.isEmpty()) {
            askAll(questions);
        }
        return request.object();
    }

    /** A webhook and the write as it is to see it. */
    private record Question(Hook hook, AdmissionRequest request, AdmissionRequest seen) {
    }

    private void ask(Question question, int index) {
        if (calls.ask(question.hook(), question.request(), question.seen()).isEmpty()) {
            new HookNotes(question.request(), question.hook(), index).judgedOpen();
        }
    }

    private void askAll(List<Question> questions) {
        Waiting.begins();
        var asked = IntStream.range(0, questions.size()).mapToObj(i -> CompletableFuture.supplyAsync(
                Trace.carried(() -> refusal(questions.get(i), i)), executor)).toList();
        try {
            var refusals = asked.stream().map(CompletableFuture::join).flatMap(Optional::stream).toList();
            refusals.stream().findFirst().ifPresent(refusal -> {
                throw refusal;
            });
        } catch (CompletionException bug) {
            throw new IllegalStateException("a webhook's call failed", bug.getCause());
        }
    }

    private Optional<ApiException> refusal(Question question, int index) {
        try {
            ask(question, index);
            return Optional.empty();
        } catch (ApiException e) {
            return Optional.of(e);
        }
    }
}
