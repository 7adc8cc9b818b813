package dev.starling.apiserver.admission.hook;

import dev.starling.apiserver.access.Authorizer;
import dev.starling.apiserver.admission.expression.Conditions;
import dev.starling.apiserver.admission.expression.Inputs;
import dev.starling.apiserver.admission.expression.Review;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.webhook.Waiting;
import dev.starling.apiserver.webhook.WebhookException;
import dev.starling.apiserver.webhook.WebhookTarget;
import dev.starling.apiserver.webhook.Webhooks;
import dev.starling.kube.api.ApiException;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Asks one webhook about one write, as its settings say. Thread-safe. */
final class HookCall {
    private static final System.Logger LOG = System.getLogger(HookCall.class.getName());

    private final Webhooks webhooks;
    private final RandomGenerator random;
    private final Authorizer authorizer;

    HookCall(Webhooks webhooks, RandomGenerator random, Authorizer authorizer) {
        this.webhooks = webhooks;
        this.random = random;
        this.authorizer = authorizer;
    }

    /**
     * A write as a webhook wants to see it; nothing if it does not.
     *
     * @throws ApiException if its conditions have no value and that matters
     */
    Optional<AdmissionRequest> seen(Hook hook, AdmissionRequest request) {
        return hook.matching().seen(request).filter(seen ->
                switch (hook.conditions().judge(Inputs.of(request, seen, authorizer))) {
                    case Conditions.Verdict.Holds() -> true;
                    case Conditions.Verdict.Fails() -> false;
                    case Conditions.Verdict.Broken(String why) -> broken(hook, request, why);
                });
    }

    private static boolean broken(Hook hook, AdmissionRequest request, String why) {
        if (!hook.settings().ignores()) {
            throw ApiException.forbidden(request.key().type().qualifiedPlural(), request.key().name(), why);
        }
        return false;
    }

    /**
     * The answer of a webhook that allows the write; nothing if it failed and that is to be ignored.
     *
     * @throws ApiException if it denies the write, or failed and that matters
     */
    Optional<HookAnswer> ask(Hook hook, AdmissionRequest request, AdmissionRequest seen) {
        if (request.dryRun() && !hook.settings().pure()) {
            throw ApiException.badRequest("admission webhook \"" + hook.name() + "\" does not support dry run");
        }
        try {
            var answer = asked(hook, request, seen);
            answer.warnings().forEach(request.warnings()::add);
            answer.auditAnnotations().entries().forEach(note ->
                    request.note(hook.name() + "/" + note.getKey(), note.getValue().text()));
            if (!answer.allowed()) {
                throw answer.denial(hook.name());
            }
            answer.patch();
            return Optional.of(answer);
        } catch (WebhookException e) {
            if (hook.settings().ignores()) {
                LOG.log(System.Logger.Level.WARNING, "a webhook failed, which is ignored hook=" + hook.uid()
                        + " cause=" + e.getMessage());
                return Optional.empty();
            }
            throw ApiException.internal("failed calling webhook \"" + hook.name() + "\": " + e.getMessage());
        }
    }

    private HookAnswer asked(Hook hook, AdmissionRequest request, AdmissionRequest seen) {
        String uid = new UUID(random.nextLong(), random.nextLong()).toString();
        String version = hook.settings().version();
        WebhookTarget target;
        try {
            target = WebhookTarget.of(hook.client());
        } catch (IllegalArgumentException e) {
            throw new WebhookException("failed to call webhook: " + e.getMessage(), e);
        }
        Waiting.begins();
        return HookAnswer.of(webhooks.call(target, Review.of(request, seen, uid, version), hook.settings().most()),
                version, uid);
    }
}
