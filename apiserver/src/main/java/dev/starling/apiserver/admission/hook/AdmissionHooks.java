package dev.starling.apiserver.admission.hook;

import dev.starling.apiserver.access.Authorizer;
import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.webhook.Webhooks;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** The two stations of webhooks. */
public final class AdmissionHooks {
    private final HookCall calls;
    private final Executor executor;

    /** @param executor calls webhooks side by side */
    public AdmissionHooks(Webhooks webhooks, RandomGenerator random, Authorizer authorizer, Executor executor) {
        this.calls = new HookCall(webhooks, random, authorizer);
        this.executor = executor;
    }

    /** For the end of the stations that change a write. */
    public Admission mutating() {
        return new MutatingHooks(calls);
    }

    public Admission validating() {
        return new ValidatingHooks(calls, executor);
    }
}
