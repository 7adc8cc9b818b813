package dev.starling.apiserver.access.rbac;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes into each ClusterRole with an aggregationRule the rules of the roles that it selects. A passive loop; it looks
 * at an image of all roles, whatever woke it.
 */
public final class RoleAggregator implements Loop {
    private static final System.Logger LOG = System.getLogger(RoleAggregator.class.getName());
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final KubeApi api;
    private final Informer roles;
    private final Set<String> refused = new HashSet<>(); // uids of which the log was told; of the loop's thread

    RoleAggregator(KubeApi api, Informer roles) {
        this.api = api;
        this.roles = roles;
    }

    /** Runs it on a driver until the answer is closed. */
    public static AutoCloseable start(KubeApi api, Driver driver) {
        var roles = new Informer(api, Kinds.CLUSTER_ROLES);
        var running = driver.start(new RoleAggregator(api, roles));
        roles.onChange((before, after) -> running.wake());
        roles.onProgress(running::wake);
        var image = roles.start(driver);
        return () -> {
            image.close();
            running.close();
        };
    }

    @Override
    public String name() {
        return "clusterrole-aggregation";
    }

    @Override
    public Next step(Instant now) {
        if (!roles.synced()) {
            return Next.WHEN_WOKEN;
        }
        var present = List.copyOf(roles.all());
        refused.retainAll(present.stream().map(KubeObject::uid).toList());
        var complete = Aggregation.complete(present);
        boolean all = true;
        for (int i = 0; i < present.size(); i++) {
            all &= complete.get(i) == present.get(i) || written(complete.get(i));
        }
        return all ? Next.WHEN_WOKEN : Next.at(now.plus(RETRY));
    }

    /** A conflict means that a change is on its way here, which wakes the loop again. */
    private boolean written(KubeObject role) {
        try {
            api.update(role.key(Kinds.CLUSTER_ROLES), role);
            refused.remove(role.uid());
            return true;
        } catch (ApiException e) {
            if (e.is(Reason.CONFLICT) || e.is(Reason.NOT_FOUND)) {
                return true;
            }
            LOG.log(refused.add(role.uid()) ? Level.WARNING : Level.DEBUG,
                    "the rules of a role could not be collected, and are tried again role=" + role.name() + " reason="
                            + e.getMessage());
            return false;
        }
    }
}
