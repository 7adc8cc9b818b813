package dev.starling.apiserver.access.rbac;

import dev.starling.apiserver.access.Access;
import dev.starling.apiserver.access.Authenticator;
import dev.starling.apiserver.access.Authorizer;
import dev.starling.apiserver.access.FixedRules;
import dev.starling.apiserver.access.Proof;
import dev.starling.apiserver.access.csr.SignerCheck;
import dev.starling.apiserver.registry.Admission;
import dev.starling.kube.object.KubeObject;
import dev.starling.store.RevisionStore;
import java.util.List;
import java.util.stream.Stream;

/** Authorization of one server: fixed rules, then the roles in its store, then what was set up beside them. */
public final class RoleBasedAccess implements AutoCloseable {
    private final RoleAuthorizer roles;
    private final Authorizer authorizer;

    /** @param further asked where roles have no opinion, such as a webhook */
    public RoleBasedAccess(RevisionStore<KubeObject> store, List<Authorizer> further) {
        this.roles = new RoleAuthorizer(store);
        this.authorizer = Authorizer.inOrder(Stream.concat(Stream.of(new FixedRules(), roles), further.stream())
                .toList());
    }

    public Authorizer authorizer() {
        return authorizer;
    }

    /** What must see each write before it is validated. */
    public List<Admission> admissions() {
        return List.of(new EscalationCheck(authorizer, roles), new SignerCheck(authorizer));
    }

    /** The judges of requests whose callers prove who they are in these ways, tried in order. */
    public Access access(List<Proof> proofs) {
        return new Access(new Authenticator(proofs), authorizer, roles);
    }

    @Override
    public void close() {
        roles.close();
    }
}
