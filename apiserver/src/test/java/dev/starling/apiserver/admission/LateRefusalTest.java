package dev.starling.apiserver.admission;

import static dev.starling.apiserver.registry.Objects.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.Request;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.Patch;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Services are given addresses and ports before anybody judges them: whoever is refused after that, by a webhook, a
 * policy, a quota, a rule, a conflict or a dry run, must have left none of them taken.
 */
final class LateRefusalTest {
    private static final String ALL = "'rules':[{'operations':['CREATE','UPDATE'],'apiGroups':[''],'apiVersions':"
            + "['v1'],'resources':['services']}],'sideEffects':'None','admissionReviewVersions':['v1']";
    private static final int THREADS = 12;
    private static final int ROUNDS = 30;

    @TempDir
    Path folder;

    private final TestRegistry server = TestRegistry.inMemory();
    private final Set<String> addresses = new ConcurrentSkipListSet<>();
    private final Set<Long> ports = new ConcurrentSkipListSet<>();
    private FakeWebhook hook;

    @BeforeEach
    void judge() {
        hook = new FakeWebhook(folder);
        hook.on("/judge", review -> JsonObject.of("allowed", !review.text("name").startsWith("hook")));
        hook.on("/change", review -> review.text("name").startsWith("torn")
                ? patched("[{'op':'remove','path':'/spec/ports'}]")
                : patched("[{'op':'add','path':'/metadata/labels','value':{'seen':'yes'}}]"));
        create(Kinds.MUTATING_WEBHOOK_CONFIGURATIONS, webhook(Kinds.MUTATING_WEBHOOK_CONFIGURATIONS, "/change",
                ",'reinvocationPolicy':'IfNeeded'"));
        create(Kinds.VALIDATING_WEBHOOK_CONFIGURATIONS, webhook(Kinds.VALIDATING_WEBHOOK_CONFIGURATIONS, "/judge",
                ""));
        create(Kinds.VALIDATING_ADMISSION_POLICIES, KubeObject.named(Kinds.VALIDATING_ADMISSION_POLICIES, "", "p")
                .with(json("{'matchConstraints':{'resourceRules':[{'apiGroups':[''],'apiVersions':['v1'],"
                        + "'operations':['CREATE','UPDATE'],'resources':['services']}]},'validations':[{"
                        + "'expression':'!object.metadata.name.startsWith(\\\"policy\\\")'}]}"), "spec"));
        create(Kinds.VALIDATING_ADMISSION_POLICY_BINDINGS, KubeObject.named(
                Kinds.VALIDATING_ADMISSION_POLICY_BINDINGS, "", "b").with(json("{'policyName':'p',"
                        + "'validationActions':['Deny']}"), "spec"));
        create(Kinds.RESOURCE_QUOTAS, KubeObject.named(Kinds.RESOURCE_QUOTAS, "default", "few").with(
                json("{'hard':{'services':'6','services.nodeports':'12'}}"), "spec"));
        server.admitAlso(request -> {
            var spec = request.object().spec();
            addresses.add(spec.text("clusterIP"));
            spec.array("ports").objects().forEach(port -> ports.add(port.at("nodePort").number(0)));
            ports.add(spec.at("healthCheckNodePort").number(0));
            return request.object();
        });
    }

    @AfterEach
    void close() {
        hook.close();
        server.close();
    }

    private static JsonObject patched(String operations) {
        return json("{'allowed':true,'patchType':'JSONPatch','patch':'"
                + FakeWebhook.base64(operations.replace('\'', '"')) + "'}");
    }

    private KubeObject webhook(ResourceType type, String path, String rest) {
        return KubeObject.named(type, "", "w").with(JsonArray.of(List.of(json("{'name':'a.example.com'," + ALL + rest
                + "}").with("clientConfig", hook.atUrl(path)))), "webhooks");
    }

    private KubeObject create(ResourceType type, KubeObject object) {
        return server.create(Request.by(Caller.component("test")), type, object);
    }

    private static ObjectKey key(String name) {
        return Kinds.SERVICES.key("default", name);
    }

    private static KubeObject service(String name, String spec) {
        return KubeObject.named(Kinds.SERVICES, "default", name).with(json("{" + spec + "}"), "spec");
    }

    private static final String BALANCED = "'type':'LoadBalancer','externalTrafficPolicy':'Local','ports':[{'name':"
            + "'a','port':80},{'name':'b','port':81}]";

    /** One write of many kinds; whether it is refused is up to whoever comes first. */
    private void write(Random random) {
        String name = List.of("hook", "policy", "torn", "same", "free").get(random.nextInt(5))
                + (random.nextBoolean() ? "" : random.nextInt(20));
        var request = Request.by(Caller.component("test"));
        var options = new WriteOptions(random.nextInt(4) == 0, "", WriteOptions.FieldValidation.WARN);
        try {
            switch (random.nextInt(5)) {
                case 0 -> server.registry().delete(request, key(name), DeleteOptions.DEFAULT);
                case 1 -> server.registry().patch(request, key(name), new Patch.Merge(json(random.nextBoolean()
                        ? "{'spec':{'type':'ClusterIP'}}" : "{'spec':{" + BALANCED + "}}")), options);
                default -> server.registry().create(request, key(name), service(name, random.nextInt(3) > 0
                        ? BALANCED : BALANCED.replace("'port':80", "'port':80,'nodePort':" + (30_000
                        + random.nextInt(20)))), options);
            }
        } catch (ApiException e) {
            assertTrue(e.code() >= 400 && e.code() < 500, e::toString);
        }
    }

    @Test
    void whatIsRefusedLateLeavesNothingTaken() throws InterruptedException {
        var threads = new ArrayList<Thread>();
        var faults = new ConcurrentLinkedQueue<Throwable>();
        for (int i = 0; i < THREADS; i++) {
            var random = new Random(i);
            threads.add(Thread.ofVirtual().uncaughtExceptionHandler((thread, fault) -> faults.add(fault))
                    .start(() -> IntStream.range(0, ROUNDS).forEach(round -> write(random))));
        }
        for (var thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), List.copyOf(faults));
        var api = server.api();
        for (var type : List.of(Kinds.MUTATING_WEBHOOK_CONFIGURATIONS, Kinds.VALIDATING_WEBHOOK_CONFIGURATIONS)) {
            api.delete(type.key("", "w"));
        }
        api.delete(Kinds.VALIDATING_ADMISSION_POLICIES.key("", "p"));
        api.delete(Kinds.RESOURCE_QUOTAS.key("default", "few"));
        api.list(ListQuery.in(Kinds.SERVICES, "default")).items().stream()
                .filter(each -> !each.name().equals("kubernetes"))
                .forEach(each -> api.delete(each.key(Kinds.SERVICES)));
        addresses.removeAll(Set.of("", "None", "10.96.0.1"));
        ports.remove(0L);
        assertFalse(addresses.isEmpty() || ports.isEmpty());
        for (String address : addresses) {
            canBeTaken(service("a", "'clusterIP':'" + address + "','ports':[{'port':80}]"));
        }
        for (long port : ports) {
            canBeTaken(service("a", "'type':'NodePort','ports':[{'port':80,'nodePort':" + port + "}]"));
        }
    }

    /** It can be had, and is given back. */
    private void canBeTaken(KubeObject service) {
        server.api().create(key("a"), service);
        server.api().delete(key("a"));
    }
}
