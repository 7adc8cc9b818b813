package dev.starling.apiserver.admission.quota;

import dev.starling.kube.object.KubeObject;
import dev.starling.store.RevisionStore;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The accounts of all namespaces that have quotas. Thread-safe. */
final class Ledger {
    private final RevisionStore<KubeObject> store;
    private final Map<Page, Account> accounts = new ConcurrentHashMap<>();
    private volatile Runnable changed = () -> { };

    Ledger(RevisionStore<KubeObject> store) {
        this.store = store;
    }

    /** What one account is about. */
    record Page(Counted counted, String namespace) {
    }

    /** Names who is told when an account may have changed. */
    void onChange(Runnable told) {
        changed = told;
    }

    /** The account, opened on first use. */
    Account account(Counted counted, String namespace) {
        var page = new Page(counted, namespace);
        var known = accounts.get(page);
        if (known != null) {
            return known;
        }
        return accounts.computeIfAbsent(page, missing -> new Account(store, counted, namespace, () -> changed.run()));
    }

    /** Closes the accounts that no quota needs. One that is needed after all is opened anew, from the store. */
    void keepOnly(Set<Page> needed) {
        accounts.keySet().stream().filter(page -> !needed.contains(page)).toList()
                .forEach(page -> accounts.computeIfPresent(page, (same, account) -> {
                    account.close();
                    return null;
                }));
    }
}
