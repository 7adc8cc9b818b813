package dev.starling.apiserver.access.rbac;

import dev.starling.apiserver.access.Attributes;
import dev.starling.apiserver.access.Authorizer;
import dev.starling.apiserver.access.RuleResolver;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.StoredGroup;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Kinds;
import dev.starling.store.RevisionStore;
import java.util.List;
import java.util.Optional;

/** Judges by the stored roles and bindings, always by their newest state, and without a look at the store. */
public final class RoleAuthorizer implements Authorizer, RuleResolver, AutoCloseable {
    private final RoleIndex index = new RoleIndex();
    private final StoredGroup stored;

    public RoleAuthorizer(RevisionStore<KubeObject> store) {
        this.stored = new StoredGroup(store, Kinds.ROLES.group(), index);
    }

    @Override
    public Verdict judge(Caller user, Attributes wanted) {
        return current().judge(user, wanted);
    }

    @Override
    public Resolved resolve(Caller user, String namespace) {
        var now = current();
        return new Resolved(now.rules(user, namespace).stream().map(PolicyRule::json).toList(),
                now.problems(user, namespace));
    }

    List<PolicyRule> rules(Caller user, String namespace) {
        return current().rules(user, namespace);
    }

    Optional<List<PolicyRule>> role(RoleIndex.Place place) {
        return current().role(place);
    }

    private RoleIndex current() {
        stored.catchUp();
        return index;
    }

    @Override
    public void close() {
        stored.close();
    }
}
