package dev.starling.apiserver.admission.quota;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.Registry;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.object.KubeObject;
import dev.starling.store.RevisionStore;

/** ResourceQuotas of one store: the gate that enforces them, and the loop that tells what is used. */
public final class Quotas {
    private final RevisionStore<KubeObject> store;
    private final Ledger ledger;

    public Quotas(RevisionStore<KubeObject> store) {
        this.store = store;
        this.ledger = new Ledger(store);
    }

    /** Must see every write last, because what it lets pass is counted. */
    public Admission gate() {
        return new QuotaGate(ledger);
    }

    /** Begins to keep the status of the quotas. */
    public Driver.Running start(Driver driver, KubeApi api) {
        return QuotaStatus.start(new QuotaStatus.Sources(store, Registry.reading(store)), ledger, api, driver);
    }
}
