package dev.starling.apiserver.admission.quota;

import dev.starling.apiserver.admission.amount.Amounts;
import dev.starling.apiserver.registry.ObjectReader;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.store.Changes;
import dev.starling.store.OverrunException;
import dev.starling.store.RevisionStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps the status of every ResourceQuota true: what it asks for, and what is used of it. Bursts of changes make one
 * write.
 */
final class QuotaStatus implements Loop {
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final RevisionStore<KubeObject> store;
    private final ObjectReader reader;
    private final Ledger ledger;
    private final KubeApi api;
    private volatile Runnable wake = () -> { };
    private Changes<KubeObject> quotas; // of the loop's thread
    private Instant next = Instant.MIN; // of the loop's thread

    private QuotaStatus(RevisionStore<KubeObject> store, ObjectReader reader, Ledger ledger, KubeApi api) {
        this.store = store;
        this.reader = reader;
        this.ledger = ledger;
        this.api = api;
        this.quotas = opened();
    }

    private Changes<KubeObject> opened() {
        var changes = store.changes(Counted.of(Kinds.RESOURCE_QUOTAS).prefix(""), store.revision());
        changes.onReady(() -> wake.run());
        return changes;
    }

    static Driver.Running start(Sources sources, Ledger ledger, KubeApi api, Driver driver) {
        var status = new QuotaStatus(sources.store(), sources.reader(), ledger, api);
        var running = driver.start(status);
        status.wake = running::wake;
        ledger.onChange(running::wake);
        running.wake();
        return running;
    }

    /** Where the truth lies. */
    record Sources(RevisionStore<KubeObject> store, ObjectReader reader) {
    }

    @Override
    public String name() {
        return "quota-status";
    }

    @Override
    public Next step(Instant now) {
        if (now.isBefore(next)) {
            return Next.at(next);
        }
        skipSeen();
        next = now.plus(PAUSE);
        var needed = new HashSet<Ledger.Page>();
        boolean all = true;
        for (var quota : reader.all(Kinds.RESOURCE_QUOTAS, "")) {
            all &= refresh(quota, needed);
        }
        ledger.keepOnly(needed);
        return all ? Next.WHEN_WOKEN : Next.at(next);
    }

    /** What changed is read anew anyway. */
    private void skipSeen() {
        try {
            while (quotas.poll().isPresent()) {
                continue;
            }
        } catch (OverrunException e) {
            quotas = opened();
        }
    }

    /** False if it should be tried again. */
    private boolean refresh(KubeObject object, Set<Ledger.Page> needed) {
        var quota = Quota.of(object);
        var used = Amounts.NONE;
        for (var counted : quota.counts()) {
            var page = new Ledger.Page(counted, object.namespace());
            needed.add(page);
            used = used.plus(ledger.account(counted, object.namespace())
                    .locked(view -> view.stored(quota.scopes())));
        }
        var status = JsonObject.of("hard", quota.hard().json(), "used", quota.hard().asIn(used).json());
        return object.status().equals(status) || written(object, status).isPresent();
    }

    private Optional<KubeObject> written(KubeObject object, JsonObject status) {
        try {
            return Optional.of(api.update(object.key(Kinds.RESOURCE_QUOTAS).sub("status"),
                    object.with(status, "status"), WriteOptions.DEFAULT));
        } catch (ApiException e) {
            if (e.is(Reason.NOT_FOUND)) {
                return Optional.of(object);
            }
            if (e.reason().fault() == ApiException.Fault.CONFLICT || e.is(Reason.SERVICE_UNAVAILABLE)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
