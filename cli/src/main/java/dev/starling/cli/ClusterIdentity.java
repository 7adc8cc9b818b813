package dev.starling.cli;

import dev.starling.cli.cluster.ClusterConfig;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.util.Optional;

/**
 * The name of a server's cluster and the config that gave it, kept in the ConfigMap
 * {@code kube-public/starling-cluster}: {@code name}, {@code region}, {@code version}, and {@code config}, the
 * ClusterConfig as it was given.
 */
final class ClusterIdentity {
    private static final String NAMESPACE = "kube-public";
    private static final ObjectKey KEY = Kinds.CONFIG_MAPS.key(NAMESPACE, "starling-cluster");

    private final KubeApi api;

    ClusterIdentity(KubeApi api) {
        this.api = api;
    }

    /** The ConfigMap's data; nothing before the first {@code create cluster}. */
    Optional<JsonObject> find() {
        return object().map(object -> object.tree().object("data"));
    }

    private Optional<KubeObject> object() {
        try {
            return Optional.of(api.get(KEY));
        } catch (ApiException e) {
            if (e.is(ApiException.Reason.NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Refuses a name that another cluster has. */
    void check(String name) {
        find().map(data -> data.text("name")).filter(taken -> !taken.equals(name)).ifPresent(taken -> {
            throw new CliException("this server's cluster is named " + taken + ", not " + name
                    + "; for another one, start a second server: ./starling up --data OTHER --listen 127.0.0.1:PORT");
        });
    }

    /** Names the cluster, or keeps its newest config; true if it had no name before. */
    boolean record(ClusterConfig config) {
        check(config.name());
        var data = JsonObject.of("name", config.name(), "region", config.region(), "version", config.version(),
                "config", config.text());
        var before = object();
        if (before.isPresent()) {
            if (!before.get().tree().object("data").equals(data)) {
                api.update(KEY, before.get().with(data, "data"));
            }
            return false;
        }
        create(KubeObject.named(Kinds.CONFIG_MAPS, NAMESPACE, KEY.name()).with(data, "data"));
        return true;
    }

    private void create(KubeObject object) {
        try {
            api.create(KEY, object);
        } catch (ApiException e) {
            if (!e.is(ApiException.Reason.NOT_FOUND)) {
                throw e;
            }
            api.create(Kinds.NAMESPACES.key(NAMESPACE), KubeObject.named(Kinds.NAMESPACES, "", NAMESPACE));
            api.create(KEY, object);
        }
    }
}
