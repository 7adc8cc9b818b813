package dev.starling.apiserver.admission;

import static dev.starling.apiserver.registry.Objects.configMap;
import static dev.starling.apiserver.registry.Objects.json;
import static dev.starling.apiserver.registry.Objects.object;
import static dev.starling.apiserver.registry.Objects.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.Request;
import dev.starling.apiserver.registry.StoreKeys;
import dev.starling.apiserver.webhook.Trace;
import dev.starling.apiserver.webhook.Waiting;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.store.Write;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Webhooks on the way of writes, over real HTTPS. */
final class WebhookTest {
    private static final JsonObject YES = JsonObject.of("allowed", true);
    private static final String ALL = "'rules':[{'operations':['*'],'apiGroups':['*'],'apiVersions':['*'],"
            + "'resources':['configmaps','pods','pods/*']}],'sideEffects':'None','admissionReviewVersions':['v1']";

    @TempDir
    Path folder;

    private final TestRegistry server = TestRegistry.inMemory();
    private final Request request = Request.by(Caller.component("test"));
    private FakeWebhook hook;

    @BeforeEach
    void listen() {
        hook = new FakeWebhook(folder);
    }

    @AfterEach
    void close() {
        hook.close();
        server.close();
    }

    private KubeObject create(ResourceType type, KubeObject object) {
        return server.create(request, type, object);
    }

    private void configure(ResourceType type, String name, JsonObject... hooks) {
        create(type, KubeObject.named(type, "", name).with(JsonArray.of(List.of(hooks)), "webhooks"));
    }

    private JsonObject webhook(String name, String path, String rest) {
        return json("{'name':'" + name + "'," + rest + "}").with("clientConfig", hook.atUrl(path));
    }

    private void mutating(String name, JsonObject... hooks) {
        configure(Kinds.MUTATING_WEBHOOK_CONFIGURATIONS, name, hooks);
    }

    private void validating(String name, JsonObject... hooks) {
        configure(Kinds.VALIDATING_WEBHOOK_CONFIGURATIONS, name, hooks);
    }

    private static JsonObject patch(String operations) {
        return YES.with("patchType", Json.of("JSONPatch")).with("patch",
                Json.of(FakeWebhook.base64(operations.replace('\'', '"'))));
    }

    private ApiException refused(Runnable call) {
        return assertThrows(ApiException.class, call::run);
    }

    @Test
    void aDenialIsToldInTheWordsOfKubernetes() {
        hook.on("/no", review -> json("{'allowed':false,'status':{'message':'too blue','code':403}}"));
        validating("v", webhook("a.example.com", "/no", ALL));
        var refusal = refused(() -> create(Kinds.CONFIG_MAPS, configMap("c")));
        assertEquals("admission webhook \"a.example.com\" denied the request: too blue", refusal.getMessage());
        assertEquals(403, refusal.code());
    }

    /** Whatever the request holds would else be held for as long as somebody else takes. */
    @Test
    void aRequestLetsGoBeforeItWaits() {
        var order = new CopyOnWriteArrayList<String>();
        hook.on("/yes", review -> {
            order.add("asked");
            return YES;
        });
        mutating("m", webhook("a.example.com", "/yes", ALL));
        Waiting.during(() -> create(Kinds.CONFIG_MAPS, configMap("one")), () -> order.add("let go"));
        validating("v", webhook("b.example.com", "/yes", ALL), webhook("c.example.com", "/yes", ALL));
        Waiting.during(() -> create(Kinds.CONFIG_MAPS, configMap("two")), () -> order.add("let go"));
        assertEquals(List.of("let go", "asked", "let go", "asked", "let go", "asked", "asked"), order);
    }

    /** The index is that among the webhooks that are called, as upstream counts. */
    @Test
    void aFailureThatIsIgnoredIsToldToTheAuditLog() {
        hook.on("/yes", review -> YES);
        validating("v", webhook("a.example.com", "/yes", ALL.replace("'configmaps'", "'secrets'")),
                webhook("b.example.com", "/yes", ALL), webhook("c.example.com", "/none", ALL
                        + ",'failurePolicy':'Ignore'"));
        create(Kinds.CONFIG_MAPS, configMap("c"));
        assertEquals(Map.of("failed-open.validating.webhook.admission.k8s.io/round_0_index_1", "c.example.com"),
                request.notes().all());
    }

    @Test
    void aReviewTellsAllOfTheRequest() {
        hook.on("/yes", review -> YES.with("warnings", JsonArray.of("mind the gap"))
                .with("auditAnnotations", JsonObject.of("seen", "yes")));
        validating("v", webhook("a.example.com", "/yes", ALL));
        create(Kinds.CONFIG_MAPS, configMap("c"));
        server.registry().delete(request, Kinds.CONFIG_MAPS.key("default", "c"), DeleteOptions.DEFAULT);
        var created = hook.requests().getFirst();
        assertEquals("CREATE", created.text("operation"));
        assertEquals(json("{'group':'','version':'v1','kind':'ConfigMap'}"), created.at("kind"));
        assertEquals(json("{'group':'','version':'v1','resource':'configmaps'}"), created.at("requestResource"));
        assertEquals("default/c", created.text("namespace") + "/" + created.text("name"));
        assertEquals("system:starling:test", created.text("userInfo", "username"));
        assertEquals("1", created.text("object", "data", "a"));
        assertEquals(JsonNull.NULL, created.at("oldObject"));
        assertEquals("CreateOptions", created.text("options", "kind"));
        var deleted = hook.requests().getLast();
        assertEquals("DELETE", deleted.text("operation"));
        assertEquals(JsonNull.NULL, deleted.at("object"));
        assertEquals("1", deleted.text("oldObject", "data", "a"));
        assertEquals(List.of("mind the gap"), request.warnings().all());
        assertTrue(request.notes().all().toString().contains("/seen=yes"), request.notes().all().toString());
    }

    @Test
    void aPatchChangesTheObjectAndItsDefaultsAreFilledIn() {
        hook.on("/sidecar", review -> patch("[{'op':'add','path':'/spec/containers/-','value':{'name':'s',"
                + "'image':'side:1'}},{'op':'replace','path':'/metadata/name','value':'other'}]"));
        mutating("m", webhook("a.example.com", "/sidecar", ALL));
        var made = create(Kinds.PODS, pod("p"));
        var sidecar = made.spec().array("containers").objects().getLast();
        assertEquals("p", made.name());
        assertEquals("IfNotPresent", sidecar.text("imagePullPolicy"));
    }

    @Test
    void whoAsksForItSeesWhatOthersChangedLater() {
        hook.on("/count", review -> patch("[{'op':'add','path':'/data/seen','value':'"
                + review.object("object", "data").size() + "'}]"));
        hook.on("/more", review -> patch("[{'op':'add','path':'/data/more','value':'x'}]"));
        mutating("m", webhook("a.example.com", "/count", ALL + ",'reinvocationPolicy':'IfNeeded'"),
                webhook("b.example.com", "/more", ALL));
        var made = create(Kinds.CONFIG_MAPS, configMap("c"));
        assertEquals("3", made.tree().text("data", "seen"));
        assertEquals(3, hook.requests().size());
    }

    @Test
    void theAuditLogLearnsWhoChangedWhatInWhichRound() {
        hook.on("/one", review -> patch("[{'op':'add','path':'/data/one','value':'" + hook.requests().size() + "'}]"));
        hook.on("/two", review -> patch("[{'op':'add','path':'/data/two','value':'2'}]"));
        mutating("m", webhook("a.example.com", "/one", ALL + ",'reinvocationPolicy':'IfNeeded'"),
                webhook("b.example.com", "/two", ALL));
        mutating("n", webhook("c.example.com", "/missing", ALL + ",'failurePolicy':'Ignore'"));
        create(Kinds.CONFIG_MAPS, configMap("c"));
        var notes = request.notes();
        assertEquals("{\"configuration\":\"m\",\"webhook\":\"a.example.com\",\"mutated\":true}",
                notes.all().get("mutation.webhook.admission.k8s.io/round_0_index_0"));
        assertEquals("{\"configuration\":\"m\",\"webhook\":\"b.example.com\",\"patch\":[{\"op\":\"add\",\"path\":"
                        + "\"/data/two\",\"value\":\"2\"}],\"patchType\":\"JSONPatch\"}",
                notes.details().get("patch.webhook.admission.k8s.io/round_0_index_1"));
        assertTrue(notes.all().get("mutation.webhook.admission.k8s.io/round_1_index_0").contains("\"mutated\":true"));
        assertEquals("c.example.com", notes.all().get("failed-open.mutation.webhook.admission.k8s.io/round_0_index_2"));
        assertTrue(notes.all().get("mutation.webhook.admission.k8s.io/round_0_index_2").contains("\"mutated\":false"));
        assertEquals(3, notes.details().size());
    }

    @Test
    void aWebhookThatFailsIsHeardOrIgnoredAsItsPolicySays() {
        validating("v", json("{'name':'a.example.com'," + ALL + "}").with("clientConfig",
                JsonObject.of("url", "https://127.0.0.1:1/x", "caBundle", hook.bundle())));
        var refusal = refused(() -> create(Kinds.CONFIG_MAPS, configMap("c")));
        assertEquals(Reason.INTERNAL_ERROR, refusal.reason());
        assertTrue(refusal.getMessage().startsWith("Internal error occurred: failed calling webhook "
                + "\"a.example.com\": failed to call webhook: Post \"https://127.0.0.1:1/x?timeout=10s\": "),
                refusal.getMessage());
        server.registry().change(request, Kinds.VALIDATING_WEBHOOK_CONFIGURATIONS.key("v"), configuration ->
                configuration.with(JsonArray.of(List.of(configuration.tree().array("webhooks").objects().getFirst()
                        .with("failurePolicy", Json.of("Ignore")))), "webhooks"),
                WriteOptions.DEFAULT);
        create(Kinds.CONFIG_MAPS, configMap("c"));
    }

    @Test
    void aWebhookThatIsTooSlowFails() {
        var end = new CountDownLatch(1);
        hook.on("/slow", review -> {
            try {
                end.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return YES;
        });
        validating("v", webhook("a.example.com", "/slow", ALL + ",'timeoutSeconds':1"));
        var refusal = refused(() -> create(Kinds.CONFIG_MAPS, configMap("c")));
        end.countDown();
        assertTrue(refusal.getMessage().endsWith("context deadline exceeded"), refusal.getMessage());
    }

    @Test
    void aStrangersCertificateIsRefused() {
        hook.on("/yes", review -> YES);
        var own = json("{'name':'a.example.com'," + ALL + "}").with("clientConfig", hook.atUrl("/yes")
                .without("caBundle"));
        validating("v", own);
        assertTrue(refused(() -> create(Kinds.CONFIG_MAPS, configMap("c"))).getMessage()
                .startsWith("Internal error occurred: failed calling webhook"));
        assertEquals(List.of(), hook.requests());
    }

    @Test
    void aServiceIsReachedAtItsEndpointAndKnownByItsName() {
        hook.on("/yes", review -> YES);
        create(Kinds.SERVICES, object("{'apiVersion':'v1','kind':'Service','metadata':{'name':'hook'},"
                + "'spec':{'ports':[{'port':443}]}}"));
        var slice = object("{'apiVersion':'discovery.k8s.io/v1','kind':'EndpointSlice','metadata':"
                + "{'name':'hook-1','labels':{'kubernetes.io/service-name':'hook'}},'addressType':'IPv4','endpoints':"
                + "[{'addresses':['127.0.0.1']}],'ports':[{'port':" + hook.port() + "}]}");
        server.store().commit(Write.create(StoreKeys.prefix(Kinds.ENDPOINT_SLICES, "default") + "hook-1",
                revision -> slice));
        validating("v", json("{'name':'a.example.com'," + ALL + "}").with("clientConfig", JsonObject.of("service",
                JsonObject.of("namespace", "default", "name", "hook", "path", "/yes"), "caBundle", hook.bundle())));
        create(Kinds.CONFIG_MAPS, configMap("c"));
        assertEquals(1, hook.requests().size());
    }

    @Test
    void selectorsAndRulesKeepOthersOut() {
        hook.on("/no", review -> json("{'allowed':false}"));
        validating("v", webhook("a.example.com", "/no", ALL + ",'objectSelector':{'matchLabels':{'a':'b'}}"),
                webhook("b.example.com", "/no", ALL + ",'namespaceSelector':{'matchLabels':{'a':'b'}}"),
                webhook("c.example.com", "/no", ALL.replace("'configmaps'", "'configmaps/status'")));
        create(Kinds.CONFIG_MAPS, configMap("c"));
        assertEquals("admission webhook \"a.example.com\" denied the request without explanation",
                refused(() -> create(Kinds.CONFIG_MAPS, configMap("d").with("b", "metadata", "labels", "a")))
                        .getMessage());
    }

    @Test
    void aRuleForOneVersionOfAKindSeesTheOthersInThatVersion() {
        hook.on("/yes", review -> YES);
        validating("v", webhook("a.example.com", "/yes", ALL.replace("'configmaps'", "'horizontalpodautoscalers'")
                .replace("'apiVersions':['*']", "'apiVersions':['v1']")));
        create(Kinds.HORIZONTAL_POD_AUTOSCALERS, object("{'apiVersion':'autoscaling/v2','kind':"
                + "'HorizontalPodAutoscaler','metadata':{'name':'h'},'spec':{'maxReplicas':3,'scaleTargetRef':"
                + "{'apiVersion':'apps/v1','kind':'Deployment','name':'d'}}}"));
        var review = hook.requests().getFirst();
        assertEquals("v1 v2", review.text("resource", "version") + " " + review.text("requestResource", "version"));
        assertEquals("autoscaling/v1", review.text("object", "apiVersion"));
    }

    @Test
    void noWebhookStandsBetweenItsConfigurationAndWhoRemovesIt() {
        hook.on("/no", review -> json("{'allowed':false}"));
        var all = "'rules':[{'operations':['*'],'apiGroups':['*'],'apiVersions':['*'],'resources':['*/*']}],"
                + "'sideEffects':'None','admissionReviewVersions':['v1']";
        validating("v", webhook("a.example.com", "/no", all));
        refused(() -> create(Kinds.CONFIG_MAPS, configMap("c")));
        server.registry().delete(request, Kinds.VALIDATING_WEBHOOK_CONFIGURATIONS.key("v"), DeleteOptions.DEFAULT);
        create(Kinds.CONFIG_MAPS, configMap("c"));
    }

    @Test
    void allThatAreAskedAtOnceBelongToTheTraceOfTheRequest() {
        hook.on("/yes", review -> YES);
        validating("v", webhook("a.example.com", "/yes", ALL), webhook("b.example.com", "/yes", ALL));
        var parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        ScopedValue.where(Trace.PARENT, parent).run(() -> create(Kinds.CONFIG_MAPS, configMap("c")));
        assertEquals(List.of(parent, parent), hook.traces());
    }
}
