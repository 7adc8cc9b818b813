package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.registry.ObjectReader;
import dev.starling.apiserver.registry.StoreKeys;
import dev.starling.apiserver.schema.Schema;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.store.Changes;
import dev.starling.store.OverrunException;
import dev.starling.store.RevisionStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Tells in the status of each policy what a check of its types found. */
public final class PolicyStatus implements Loop {
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final RevisionStore<KubeObject> store;
    private final ObjectReader reader;
    private final KubeApi api;
    private final TypeCheck check;
    private volatile Runnable wake = () -> { };
    private Changes<KubeObject> changes; // of the loop's thread

    private PolicyStatus(RevisionStore<KubeObject> store, ObjectReader reader, KubeApi api, TypeCheck check) {
        this.store = store;
        this.reader = reader;
        this.api = api;
        this.check = check;
        this.changes = opened();
    }

    /** Where policies lie, and the types of what they judge. */
    public record Sources(RevisionStore<KubeObject> store, ObjectReader reader, Types types) {
    }

    /** What is served just now, custom kinds included, and the types of its objects. */
    public interface Types {
        List<ResourceType> served();

        Optional<Schema> schema(ResourceType type);
    }

    public static Driver.Running start(Sources sources, KubeApi api, Driver driver) {
        var status = new PolicyStatus(sources.store(), sources.reader(), api, new TypeCheck(sources.types()));
        var running = driver.start(status);
        status.wake = running::wake;
        running.wake();
        return running;
    }

    private Changes<KubeObject> opened() {
        var opened = store.changes(StoreKeys.prefix(Kinds.VALIDATING_ADMISSION_POLICIES, ""), store.revision());
        opened.onReady(() -> wake.run());
        return opened;
    }

    @Override
    public String name() {
        return "policy-status";
    }

    @Override
    public Next step(Instant now) {
        try {
            while (changes.poll().isPresent()) {
                continue; // all are looked at anew
            }
        } catch (OverrunException e) {
            changes = opened();
        }
        boolean all = true;
        for (var policy : reader.all(Kinds.VALIDATING_ADMISSION_POLICIES, "")) {
            all &= isChecked(policy) || written(policy);
        }
        return all ? Next.WHEN_WOKEN : Next.at(now.plus(PAUSE));
    }

    private static boolean isChecked(KubeObject policy) {
        return policy.status().has("typeChecking")
                && policy.status().at("observedGeneration").number(0) == policy.generation();
    }

    private boolean written(KubeObject policy) {
        var status = JsonObject.of("observedGeneration", policy.generation(), "typeChecking",
                check.of(policy.spec()));
        try {
            api.update(policy.key(Kinds.VALIDATING_ADMISSION_POLICIES).sub("status"), policy.with(status, "status"),
                    WriteOptions.DEFAULT);
            return true;
        } catch (ApiException e) {
            if (e.reason().fault() == ApiException.Fault.CONFLICT || e.is(Reason.SERVICE_UNAVAILABLE)) {
                return false;
            }
            if (e.is(Reason.NOT_FOUND)) {
                return true;
            }
            throw e;
        }
    }
}
