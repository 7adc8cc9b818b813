package dev.starling.control.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.control.TestApi;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LabelledTest {
    private static final String MAP = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: %s, namespace: %s, labels: {%s}}
            ---
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"app=web | a b", "app=web,tier=front | a", "app in (web,db) | a b c",
        "app in (web,web) | a b", "tier | a", "!tier | b c", "app=none | ''",
        "tier,app=web | a"})
    void findsWhatASelectorChooses(String selector, String names) {
        try (var server = new TestApi(List.of())) {
            server.apply("{apiVersion: v1, kind: Namespace, metadata: {name: other}}");
            server.apply(MAP.formatted("a", "default", "app: web, tier: front")
                    + MAP.formatted("b", "default", "app: web") + MAP.formatted("c", "default", "app: db")
                    + MAP.formatted("d", "other", "app: web"));
            var informer = Labelled.index(new Informer(server.as("test"), Kinds.CONFIG_MAPS));
            informer.step(Instant.EPOCH);
            assertEquals(names, Labelled.chosen(informer, "default",
                    LabelSelector.parse(selector)).stream().map(KubeObject::name)
                    .sorted().collect(Collectors.joining(" ")));
        }
    }
}
