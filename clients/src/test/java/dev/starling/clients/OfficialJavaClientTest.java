package dev.starling.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.reflect.TypeToken;
import io.kubernetes.client.custom.V1Patch;
import io.kubernetes.client.informer.ResourceEventHandler;
import io.kubernetes.client.informer.SharedInformerFactory;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ConfigMapList;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.util.Config;
import io.kubernetes.client.util.PatchUtils;
import io.kubernetes.client.util.Watch;
import io.kubernetes.client.util.generic.GenericKubernetesApi;
import io.kubernetes.client.util.generic.dynamic.DynamicKubernetesApi;
import io.kubernetes.client.util.generic.options.PatchOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/** The official Java client at a user's work, each test in a namespace of its own. */
@ExtendWith(Server.class)
final class OfficialJavaClientTest {
    private final ApiClient client;
    private final CoreV1Api core;
    private String namespace = "";

    OfficialJavaClientTest(Server.Running server) throws IOException {
        client = Config.fromConfig(server.kubeconfig().toString());
        client.setReadTimeout(0);
        core = new CoreV1Api(client);
    }

    @BeforeEach
    void makeNamespace(TestInfo test) throws ApiException {
        namespace = "official-" + test.getTestMethod().orElseThrow().getName().toLowerCase();
        core.createNamespace(new V1Namespace().metadata(new V1ObjectMeta().name(namespace))).execute();
    }

    @AfterEach
    void removeNamespace() throws ApiException {
        core.deleteNamespace(namespace).execute();
        client.getHttpClient().connectionPool().evictAll();
        client.getHttpClient().dispatcher().executorService().shutdown();
    }

    private static V1ConfigMap map(String name, Map<String, String> data) {
        return new V1ConfigMap().metadata(new V1ObjectMeta().name(name).labels(Map.of("made", "here"))).data(data);
    }

    private V1ConfigMap create(String name, Map<String, String> data) throws ApiException {
        return core.createNamespacedConfigMap(namespace, map(name, data)).execute();
    }

    @Test
    void createsReplacesAndDeletes() throws ApiException {
        var made = create("one", Map.of("a", "1"));
        assertNotNull(made.getMetadata().getUid());
        made.setData(Map.of("a", "2"));
        assertEquals(Map.of("a", "2"), core.replaceNamespacedConfigMap("one", namespace, made).execute().getData());
        assertRefused(409, () -> core.replaceNamespacedConfigMap("one", namespace, made).execute());
        assertRefused(409, () -> create("one", Map.of()));
        assertRefused(422, () -> create("No Name", Map.of()));
        core.deleteNamespacedConfigMap("one", namespace).execute();
        assertRefused(404, () -> core.readNamespacedConfigMap("one", namespace).execute());
    }

    private static void assertRefused(int code, org.junit.jupiter.api.function.Executable call) {
        assertEquals(code, assertThrows(ApiException.class, call).getCode());
    }

    @Test
    void listsInPages() throws ApiException {
        for (int i = 0; i < 5; i++) {
            create("listed-" + i, Map.of());
        }
        var names = new ArrayList<String>();
        String more = "";
        do {
            var page = core.listNamespacedConfigMap(namespace).labelSelector("made=here").limit(2)
                    ._continue(more).execute();
            page.getItems().forEach(item -> names.add(item.getMetadata().getName()));
            more = page.getMetadata().getContinue();
        } while (more != null && !more.isEmpty());
        assertEquals(List.of("listed-0", "listed-1", "listed-2", "listed-3", "listed-4"), names);
    }

    @Test
    void watchesFromARevisionWithBookmarks() throws ApiException, IOException {
        String start = core.listNamespacedConfigMap(namespace).execute().getMetadata().getResourceVersion();
        create("seen", Map.of());
        core.deleteNamespacedConfigMap("seen", namespace).execute();
        var seen = new ArrayList<String>();
        var call = core.listNamespacedConfigMap(namespace).watch(true).resourceVersion(start).labelSelector("made")
                .allowWatchBookmarks(true).timeoutSeconds(30).buildCall(null);
        try (Watch<V1ConfigMap> watch = Watch.createWatch(client, call,
                new TypeToken<Watch.Response<V1ConfigMap>>() { }.getType())) {
            while (seen.size() < 2 && watch.hasNext()) {
                var event = watch.next();
                if (!event.type.equals("BOOKMARK")) {
                    seen.add(event.type + " " + event.object.getMetadata().getName());
                }
            }
        }
        assertEquals(List.of("ADDED seen", "DELETED seen"), seen);
    }

    @Test
    void patchesInEveryWay() throws ApiException {
        create("patched", Map.of("a", "1"));
        assertEquals(Map.of("a", "2"), patched(V1Patch.PATCH_FORMAT_JSON_PATCH,
                "[{\"op\": \"replace\", \"path\": \"/data/a\", \"value\": \"2\"}]"));
        assertEquals(Map.of("a", "2", "b", "1"), patched(V1Patch.PATCH_FORMAT_JSON_MERGE_PATCH,
                "{\"data\": {\"b\": \"1\"}}"));
        assertEquals(Map.of("b", "1"), patched(V1Patch.PATCH_FORMAT_STRATEGIC_MERGE_PATCH,
                "{\"data\": {\"a\": null}}"));
        assertEquals(Map.of("b", "1", "c", "1"), patched(V1Patch.PATCH_FORMAT_APPLY_YAML,
                "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"data\": {\"c\": \"1\"}}"));
    }

    private Map<String, String> patched(String format, String text) throws ApiException {
        boolean applies = format.equals(V1Patch.PATCH_FORMAT_APPLY_YAML);
        return PatchUtils.patch(V1ConfigMap.class, () -> core.patchNamespacedConfigMap("patched", namespace,
                new V1Patch(text)).fieldManager(applies ? "official" : null).buildCall(null), format, client).getData();
    }

    @Test
    void usesKindsByTheirNamesAlone() throws ApiException {
        var maps = new GenericKubernetesApi<>(V1ConfigMap.class, V1ConfigMapList.class, "", "v1", "configmaps",
                client);
        var wanted = map("generic", Map.of("a", "1"));
        wanted.getMetadata().setNamespace(namespace);
        assertTrue(maps.create(wanted).isSuccess());
        var options = new PatchOptions();
        options.setFieldManager("generic");
        options.setForce(true);
        var applied = maps.patch(namespace, "generic", V1Patch.PATCH_FORMAT_APPLY_YAML, new V1Patch(
                "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"generic\"}, "
                        + "\"data\": {\"a\": \"2\"}}"), options);
        assertEquals(Map.of("a", "2"), applied.throwsApiException().getObject().getData());
        var profiles = new DynamicKubernetesApi("starling.dev", "v1", "fargateprofiles", client);
        assertFalse(profiles.list().throwsApiException().getObject().getItems().isEmpty());
        assertTrue(maps.delete(namespace, "generic").isSuccess());
        assertEquals(404, maps.get(namespace, "generic").getHttpStatusCode());
    }

    @Test
    void informsOfChangesAndResyncs() throws Exception {
        create("before", Map.of());
        var seen = new ConcurrentLinkedQueue<String>();
        var factory = new SharedInformerFactory(client);
        var informer = factory.sharedIndexInformerFor(new GenericKubernetesApi<>(V1ConfigMap.class,
                V1ConfigMapList.class, "", "v1", "configmaps", client), V1ConfigMap.class, 1_000, namespace);
        informer.addEventHandlerWithResyncPeriod(new Recorded(seen), 1_000);
        factory.startAllRegisteredInformers();
        try {
            Awaited.holds("the first is seen", () -> seen.contains("add before"));
            create("after", Map.of());
            Awaited.holds("the second is seen", () -> seen.contains("add after"));
            Awaited.holds("all are told again", () -> seen.contains("update before"));
            core.deleteNamespacedConfigMap("before", namespace).execute();
            Awaited.holds("the deletion is seen", () -> seen.contains("delete before"));
            assertNotNull(informer.getIndexer().getByKey(namespace + "/after"));
        } finally {
            factory.stopAllRegisteredInformers();
        }
    }

    /** Tells what an informer tells. */
    private record Recorded(Queue<String> seen) implements ResourceEventHandler<V1ConfigMap> {
        @Override
        public void onAdd(V1ConfigMap map) {
            seen.add("add " + map.getMetadata().getName());
        }

        @Override
        public void onUpdate(V1ConfigMap before, V1ConfigMap after) {
            seen.add("update " + after.getMetadata().getName());
        }

        @Override
        public void onDelete(V1ConfigMap map, boolean unknown) {
            seen.add("delete " + map.getMetadata().getName());
        }
    }
}
