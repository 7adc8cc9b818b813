package dev.starling.apiserver.access.rbac;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the roles and bindings of every cluster, and gives back to them what somebody took away; what was added to
 * them stays. An object whose annotation {@code rbac.authorization.kubernetes.io/autoupdate} is {@code false} is left
 * alone. A passive loop that is over when all is well. May run at each start, and then writes only what is missing.
 */
public final class BootstrapRoles implements Loop {
    private static final System.Logger LOG = System.getLogger(BootstrapRoles.class.getName());
    private static final Duration REPAIR = Duration.ofSeconds(5);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final List<ResourceType> TYPES = List.of(Kinds.CLUSTER_ROLES, Kinds.CLUSTER_ROLE_BINDINGS,
            Kinds.ROLES, Kinds.ROLE_BINDINGS);

    private final KubeApi api;
    private final Runnable settled;
    private boolean looked; // used by the loop alone
    private boolean told; // that it was refused; used by the loop alone

    /** Whether an earlier start wrote them: then they are repaired once the start is over. */
    private boolean present() {
        return !api.list(ListQuery.all(Kinds.CLUSTER_ROLE_BINDINGS).withPage(1, "")).items().isEmpty();
    }

    /** @param settled called once all of them are there */
    public BootstrapRoles(KubeApi api, Runnable settled) {
        this.api = api;
        this.settled = settled;
    }

    @Override
    public String name() {
        return "bootstrap-roles";
    }

    @Override
    public Next step(Instant now) {
        if (!looked) {
            looked = true;
            if (present()) {
                settled.run();
                return Next.at(now.plus(REPAIR));
            }
        }
        try {
            run();
            settled.run();
            return Next.OVER;
        } catch (ApiException e) {
            LOG.log(told ? Level.DEBUG : Level.WARNING,
                    "the roles of every cluster could not be written yet, and are tried again reason="
                            + e.getMessage());
            told = true;
            return Next.at(now.plus(RETRY));
        }
    }

    void run() {
        var wanted = BootstrapPolicy.read();
        Map<String, KubeObject> complete = new HashMap<>();
        Aggregation.complete(wanted.stream().filter(object -> object.kind().equals("ClusterRole")).toList())
                .forEach(role -> complete.put(role.name(), role));
        for (var type : TYPES) {
            Map<ObjectKey, KubeObject> present = new HashMap<>();
            api.list(ListQuery.all(type)).items().forEach(object -> present.put(object.key(type), object));
            wanted.stream().filter(object -> object.kind().equals(type.kind())).forEach(object -> ensure(
                    object.key(type), type.equals(Kinds.CLUSTER_ROLES) ? complete.get(object.name()) : object,
                    Optional.ofNullable(present.get(object.key(type)))));
        }
    }

    private void ensure(ObjectKey key, KubeObject wanted, Optional<KubeObject> present) {
        if (present.isEmpty()) {
            create(key, wanted);
            return;
        }
        var before = present.get();
        if (before.annotations().getOrDefault(BootstrapPolicy.AUTO_UPDATE, "true").equals("false")) {
            return;
        }
        if (!before.tree().at("roleRef").equals(wanted.tree().at("roleRef"))) {
            api.delete(key);
            create(key, wanted);
            return;
        }
        var after = withAll(wanted.tree().has("roleRef") ? bound(before, wanted) : ruled(before, wanted), wanted);
        if (!after.equals(before)) {
            api.update(key, after);
        }
    }

    private void create(ObjectKey key, KubeObject object) {
        try {
            api.create(key, object);
        } catch (ApiException e) {
            if (!e.is(Reason.ALREADY_EXISTS)) {
                throw e;
            }
        }
    }

    private static KubeObject withAll(KubeObject object, KubeObject wanted) {
        var after = object;
        for (String field : List.of("labels", "annotations")) {
            for (var entry : wanted.metadata().object(field).entries()) {
                if (!after.metadata().object(field).has(entry.getKey())) {
                    after = after.with(entry.getValue(), "metadata", field, entry.getKey());
                }
            }
        }
        return after;
    }

    private static KubeObject ruled(KubeObject before, KubeObject wanted) {
        var selectors = before.tree().object("aggregationRule").array("clusterRoleSelectors");
        var wantedSelectors = wanted.tree().object("aggregationRule").array("clusterRoleSelectors");
        if (!wantedSelectors.isEmpty()) {
            var all = union(selectors, wantedSelectors);
            return all.equals(selectors) ? before : before.with(all, "aggregationRule", "clusterRoleSelectors");
        }
        var rules = before.tree().array("rules");
        if (rules.equals(wanted.tree().array("rules"))) {
            return before;
        }
        var missing = Coverage.missing(PolicyRule.all(rules), PolicyRule.all(wanted.tree().array("rules")));
        var added = missing.stream().map(PolicyRule::json).toList();
        return missing.isEmpty() ? before : before.with(union(rules, JsonArray.of(added)), "rules");
    }

    private static KubeObject bound(KubeObject before, KubeObject wanted) {
        var subjects = before.tree().array("subjects");
        var all = union(subjects, wanted.tree().array("subjects"));
        return all.equals(subjects) ? before : before.with(all, "subjects");
    }

    private static JsonArray union(JsonArray held, JsonArray wanted) {
        var all = new ArrayList<Json>(held.values());
        for (JsonObject one : wanted.objects()) {
            if (!all.contains(one)) {
                all.add(one);
            }
        }
        return all.size() == held.size() ? held : JsonArray.of(all);
    }
}
