package dev.starling.apiserver.http;

import static dev.starling.apiserver.http.CustomResources.DEFINITIONS;
import static dev.starling.apiserver.http.CustomResources.define;
import static dev.starling.apiserver.http.CustomResources.yaml;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.admission.FakeWebhook;
import dev.starling.apiserver.registry.Registry;
import dev.starling.apiserver.webhook.HttpsWebhooks;
import dev.starling.apiserver.webhook.ServiceAddresses;
import dev.starling.apiserver.webhook.WebhookException;
import dev.starling.apiserver.webhook.WebhookTarget;
import dev.starling.apiserver.webhook.Webhooks;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.WatchEvent;
import dev.starling.kube.api.WatchQuery;
import dev.starling.kube.http.HttpApi;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.store.MemoryStore;
import dev.starling.store.StoreSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Custom kinds in several versions, over HTTP. */
@Timeout(60)
class CustomVersionsTest {
    private static final ResourceType V1 = new ResourceType("example.com", "v1", "things", "Thing", true);
    private static final ResourceType V2 = new ResourceType("example.com", "v2", "things", "Thing", true);
    private static final String WEBHOOK = "conversion: {strategy: Webhook, webhook: {conversionReviewVersions: [v1], "
            + "clientConfig: {url: 'https://127.0.0.1:1/convert'}}}";
    @TempDir
    private Path folder;

    private static String definition(boolean storesV2, String conversion) {
        return """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: things.example.com}
                spec:
                  group: example.com
                  scope: Namespaced
                  names: {plural: things, kind: Thing}
                  %s
                  versions:
                  - {name: v1, served: true, storage: %s, deprecated: true, schema: {openAPIV3Schema: {type: object,
                      properties: {spec: {type: object, properties: {host: {type: string}}}}}}}
                  - {name: v2, served: true, storage: %s, schema: {openAPIV3Schema: {type: object,
                      properties: {spec: {type: object, properties: {host: {type: string}, address: {type: string},
                        zone: {type: string, default: a}}}}}}}
                """.formatted(conversion, !storesV2, storesV2);
    }

    private static KubeObject thing(ResourceType type, String name, String field, String value) {
        return KubeObject.named(type, "default", name).with(JsonObject.of(field, value), "spec");
    }

    /** Converts spec.host of v1 into spec.address of v2. */
    private static JsonObject converted(JsonObject review, AtomicInteger calls) {
        calls.incrementAndGet();
        var request = review.object("request");
        String wanted = request.text("desiredAPIVersion");
        var objects = request.array("objects").objects().stream().map(object -> {
            String value = object.text("spec", "host") + object.text("spec", "address");
            return object.with("apiVersion", Json.of(wanted))
                    .with("spec", JsonObject.of(wanted.endsWith("v2") ? "address" : "host", value));
        }).toList();
        return JsonObject.of("apiVersion", "apiextensions.k8s.io/v1", "kind", "ConversionReview", "response",
                JsonObject.of("uid", request.text("uid"), "result", JsonObject.of("status", "Success"),
                        "convertedObjects", objects));
    }

    @Test
    void changesTheVersionAloneWithoutAWebhook() {
        try (var server = TestServer.in(folder); HttpApi api = server.client()) {
            define(api, definition(false, ""));
            api.create(V1.key("default", "a"), thing(V1, "a", "host", "h"));
            var read = api.get(V2.key("default", "a"));
            assertEquals("example.com/v2", read.apiVersion());
            assertEquals(JsonObject.of("host", "h", "zone", "a"), read.spec());
            assertEquals("example.com/v1", api.list(ListQuery.all(V1)).items().getFirst().apiVersion());
            assertEquals("example.com/v2", api.list(ListQuery.all(V2)).items().getFirst().apiVersion());
        }
    }

    @Test
    void storesAnewInTheNewVersionOnAnyWrite() {
        try (var server = TestServer.in(folder); HttpApi api = server.client()) {
            var first = define(api, definition(false, ""));
            var made = api.create(V1.key("default", "a"), thing(V1, "a", "host", "h"));
            api.update(DEFINITIONS.key(first.name()), yaml(definition(true, ""))
                    .with(first.resourceVersion(), "metadata", "resourceVersion"));
            assertEquals(List.of("v1", "v2"),
                    api.get(DEFINITIONS.key(first.name())).status().array("storedVersions").texts());
            CustomResources.await(() -> !api.update(V1.key("default", "a"), api.get(V1.key("default", "a")))
                    .resourceVersion().equals(made.resourceVersion()));
            var again = api.get(V1.key("default", "a"));
            assertEquals(again.resourceVersion(), api.update(V1.key("default", "a"), again).resourceVersion());
        }
    }

    @Test
    void asksAWebhookOnceForAList() {
        var calls = new AtomicInteger();
        Webhooks webhooks = (target, review, most) -> converted(review, calls);
        try (var server = TestServer.in(folder, webhooks); HttpApi api = server.client()) {
            define(api, definition(false, WEBHOOK));
            for (String name : List.of("a", "b", "c")) {
                api.create(V1.key("default", name), thing(V1, name, "host", name));
            }
            assertEquals("b", api.get(V2.key("default", "b")).spec().text("address"));
            calls.set(0);
            var list = api.list(ListQuery.all(V2));
            assertEquals(List.of("a", "b", "c"), list.items().stream().map(o -> o.spec().text("address")).toList());
            assertEquals(1, calls.get());
            api.create(V2.key("default", "d"), thing(V2, "d", "address", "d"));
            assertEquals("d", api.get(V1.key("default", "d")).spec().text("host"));
        }
    }

    @Test
    void asksARealWebhookOverHttps() {
        Webhooks webhooks = new HttpsWebhooks(new ServiceAddresses(Registry.reading(new MemoryStore<>(
                StoreSettings.defaults(), InstantSource.system())), new Random(1)));
        try (var hook = new FakeWebhook(folder).on("/convert", request -> converted(
                        JsonObject.of("request", request), new AtomicInteger()).object("response"));
                var server = TestServer.in(folder, webhooks); HttpApi api = server.client()) {
            var definition = yaml(definition(false, WEBHOOK)).with(hook.atUrl("/convert"),
                    "spec", "conversion", "webhook", "clientConfig");
            define(api, definition.tree().toString());
            api.create(V1.key("default", "a"), thing(V1, "a", "host", "h"));
            assertEquals("h", api.get(V2.key("default", "a")).spec().text("address"));
            assertEquals("example.com/v2", hook.requests().getLast().text("desiredAPIVersion"));
        }
    }

    @Test
    void watchesInEachVersion() {
        Webhooks webhooks = (target, review, most) -> converted(review, new AtomicInteger());
        try (var server = TestServer.in(folder, webhooks); HttpApi api = server.client()) {
            define(api, definition(false, WEBHOOK));
            String version = api.list(ListQuery.all(V2)).resourceVersion();
            try (var watch = api.watch(WatchQuery.after(V2, "", version))) {
                api.create(V1.key("default", "a"), thing(V1, "a", "host", "h"));
                var event = new WatchEvent[1];
                CustomResources.await(() -> {
                    watch.poll().ifPresent(told -> event[0] = told);
                    return event[0] != null;
                });
                assertEquals("h", event[0].object().spec().text("address"));
            }
        }
    }

    @Test
    void tellsWhyAWebhookFailed() {
        Webhooks webhooks = new Webhooks() {
            @Override
            public JsonObject call(WebhookTarget target, JsonObject review, Duration most) {
                throw new WebhookException("Post \"https://127.0.0.1:1/convert\": connection refused");
            }
        };
        try (var server = TestServer.in(folder, webhooks); HttpApi api = server.client()) {
            define(api, definition(false, WEBHOOK));
            api.create(V1.key("default", "a"), thing(V1, "a", "host", "h"));
            var refusal = assertThrows(ApiException.class, () -> api.get(V2.key("default", "a")));
            assertTrue(refusal.is(Reason.INTERNAL_ERROR));
            assertEquals("conversion webhook for example.com/v2, Kind=Thing failed: "
                    + "Post \"https://127.0.0.1:1/convert\": connection refused", refusal.getMessage());
        }
    }
}
