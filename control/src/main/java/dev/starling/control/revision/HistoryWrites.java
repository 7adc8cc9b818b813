package dev.starling.control.revision;

import dev.starling.control.workload.Change;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.Collection;

/** Writes the ControllerRevisions of an owner. */
public final class HistoryWrites {
    private static final int MOST_COLLISIONS = 20;

    private HistoryWrites() {
    }

    /**
     * The revision of the owner's present template.
     *
     * @param collisions how often names were taken, this time included
     */
    public record Newest(KubeObject revision, long collisions) {
    }

    /** Finds the revision of the owner's template; makes it, or makes it the newest again after a roll-back. */
    public static Newest settle(History history, KubeApi api) {
        long collisions = history.owner().status().at("collisionCount").number(0);
        var equal = history.equal();
        if (equal.isEmpty()) {
            return create(history, collisions, api);
        }
        boolean newest = equal.get().uid().equals(history.revisions().getLast().uid());
        return new Newest(newest ? equal.get() : api.patch(equal.get().key(Kinds.CONTROLLER_REVISIONS),
                Change.field(new JsonLong(history.next()), "revision")), collisions);
    }

    private static Newest create(History history, long known, KubeApi api) {
        for (long collisions = known; collisions < known + MOST_COLLISIONS; collisions++) {
            var fresh = history.fresh(collisions);
            var key = fresh.key(Kinds.CONTROLLER_REVISIONS);
            try {
                return new Newest(api.create(key, fresh), collisions);
            } catch (ApiException e) {
                if (!e.is(Reason.ALREADY_EXISTS)) {
                    throw e;
                }
            }
            var present = api.get(key);
            boolean ours = present.controller().filter(c -> c.uid().equals(history.owner().uid())).isPresent();
            if (ours && History.holds(present, History.data(history.owner()))) {
                return new Newest(present, collisions);
            }
        }
        throw ApiException.conflict(Kinds.CONTROLLER_REVISIONS.qualifiedPlural(), history.owner().name(),
                "every name of a revision is taken");
    }

    /** Deletes all but what the owner's limit keeps and what is in use. */
    public static void trim(History history, Collection<String> live, KubeApi api) {
        for (var revision : history.surplus(live)) {
            try {
                api.delete(revision.key(Kinds.CONTROLLER_REVISIONS), DeleteOptions.DEFAULT.withUid(revision.uid()));
            } catch (ApiException e) {
                if (!e.is(Reason.NOT_FOUND) && !e.is(Reason.CONFLICT)) {
                    throw e;
                }
            }
        }
    }
}
