package dev.starling.apiserver.fairness;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.Json;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.yaml.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** Makes the flow schemas and priority levels of every cluster, where they are missing. Over when they are there. */
public final class BootstrapFlows implements Loop {
    private static final System.Logger LOG = System.getLogger(BootstrapFlows.class.getName());
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final KubeApi api;
    private boolean told; // that it was refused; used by the loop alone

    public BootstrapFlows(KubeApi api) {
        this.api = api;
    }

    @Override
    public String name() {
        return "bootstrap-flows";
    }

    @Override
    public Next step(Instant now) {
        try {
            run();
            return Next.OVER;
        } catch (ApiException e) {
            LOG.log(told ? Level.DEBUG : Level.WARNING,
                    "the flow schemas of every cluster could not be written yet, and are tried again reason="
                            + e.getMessage());
            told = true;
            return Next.at(now.plus(RETRY));
        }
    }

    void run() {
        for (var type : List.of(Kinds.PRIORITY_LEVEL_CONFIGURATIONS, Kinds.FLOW_SCHEMAS)) {
            var present = api.list(ListQuery.all(type)).items().stream().map(KubeObject::name)
                    .collect(Collectors.toSet());
            // The text is read only where something may be missing: at the first start.
            if (present.size() < wanted(type)) {
                read().stream().filter(object -> object.kind().equals(type.kind()))
                        .filter(object -> !present.contains(object.name())).forEach(object -> create(type, object));
            }
        }
    }

    private static int wanted(ResourceType type) {
        return type.equals(Kinds.FLOW_SCHEMAS) ? 13 : 8;
    }

    private void create(ResourceType type, KubeObject object) {
        try {
            api.create(type.key(object.name()), object, WriteOptions.DEFAULT);
        } catch (ApiException e) {
            if (!e.is(Reason.ALREADY_EXISTS)) {
                throw e;
            }
        }
    }

    static List<KubeObject> read() {
        try (var in = BootstrapFlows.class.getResourceAsStream("bootstrap-flows.yaml")) {
            if (in == null) {
                throw new IllegalStateException("the class path has no bootstrap-flows.yaml");
            }
            return Yaml.documents(new String(in.readAllBytes(), StandardCharsets.UTF_8)).stream()
                    .map(Json::object).map(KubeObject::of).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
