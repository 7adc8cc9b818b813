package dev.starling.cli;

import dev.starling.cli.cluster.FargateProfile;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.util.List;

/** Brings a server's Fargate profiles to what was asked for, and says of each what became of it. */
final class Profiles {
    private final KubeApi api;
    private final Session session;

    Profiles(KubeApi api, Session session) {
        this.api = api;
        this.session = session;
    }

    /** Creates those that are missing and updates those that differ; others on the server stay as they are. */
    void apply(List<FargateProfile> profiles) {
        profiles.forEach(this::apply);
    }

    private void apply(FargateProfile profile) {
        try {
            api.create(Kinds.FARGATE_PROFILES.key(profile.name()), profile.object());
            say(profile, "created: " + selects(profile));
        } catch (ApiException e) {
            if (!e.is(ApiException.Reason.ALREADY_EXISTS)) {
                throw e;
            }
            update(profile);
        }
    }

    private void update(FargateProfile profile) {
        var key = Kinds.FARGATE_PROFILES.key(profile.name());
        var existing = api.get(key);
        var differences = profile.differences(FargateProfile.from(existing));
        if (existing.deleting()) {
            throw new CliException("Fargate profile " + profile.name() + " is being deleted: try again "
                    + "when it is gone");
        }
        if (differences.isEmpty()) {
            say(profile, "exists already");
            return;
        }
        api.update(key, existing.with(profile.spec(), "spec"));
        say(profile, "updated (" + String.join(", ", differences) + "): " + selects(profile));
    }

    private void say(FargateProfile profile, String what) {
        session.say("Fargate profile " + profile.name() + " " + what);
    }

    private static String selects(FargateProfile profile) {
        var texts = profile.selectors().stream().map(selector -> selector.labels().isEmpty() ? selector.namespace()
                : selector.namespace() + " with " + pairs(selector.labels())).toList();
        return "pods in " + String.join(", ", texts);
    }

    /** {@code k=v,…} in the order of the keys. */
    static String pairs(java.util.Map<String, String> texts) {
        return texts.entrySet().stream().sorted(java.util.Map.Entry.comparingByKey())
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(java.util.stream.Collectors.joining(","));
    }

    List<KubeObject> all() {
        return api.list(ListQuery.all(Kinds.FARGATE_PROFILES)).items();
    }
}
