package dev.starling.apiserver.http;

import static dev.starling.apiserver.http.CustomResources.CRON_TAB;
import static dev.starling.apiserver.http.CustomResources.CRON_TABS;
import static dev.starling.apiserver.http.CustomResources.DEFINITIONS;
import static dev.starling.apiserver.http.CustomResources.cronTab;
import static dev.starling.apiserver.http.CustomResources.define;
import static dev.starling.apiserver.http.CustomResources.yaml;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.custom.Customs;
import dev.starling.apiserver.kinds.TestRegistry;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.apiserver.webhook.Webhooks;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.Patch;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.http.HttpApi;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.ThreadDriver;
import dev.starling.kube.object.FieldSelector;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.LabelSelector;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** Custom kinds over HTTP, from the definition to its end. */
@Timeout(60)
class CustomResourceTest {
    @TempDir
    private Path folder;
    private TestServer server;
    private HttpApi api;

    @BeforeEach
    void open() {
        server = TestServer.in(folder);
        api = server.client();
    }

    @AfterEach
    void close() {
        api.close();
        server.close();
    }

    private static JsonObject spec(Object... more) {
        return JsonObject.builder().put("cronSpec", "* * * * */5").putAll(JsonObject.of(more)).build();
    }

    private KubeObject create(String name, JsonObject spec) {
        return api.create(CRON_TABS.key("default", name), cronTab(name, spec));
    }

    private String refusal(String name, JsonObject spec) {
        return assertThrows(ApiException.class, () -> create(name, spec)).getMessage();
    }

    @Test
    void tellsInTheStatusOfADefinitionWhatIsServed() {
        var definition = define(api, CRON_TAB);
        assertEquals("crontabs", definition.status().text("acceptedNames", "plural"));
        assertEquals("CronTabList", definition.status().text("acceptedNames", "listKind"));
        assertEquals(List.of("v1"), definition.status().array("storedVersions").texts());
        assertEquals("True", CustomResources.condition(api, definition.name(), "NamesAccepted"));
        assertEquals("None", definition.spec().text("conversion", "strategy"));
    }

    @Test
    void servesWithinATenthOfASecond() {
        define(api, CRON_TAB);
        var fastest = Duration.ofDays(1);
        for (int i = 0; i < 10; i++) {
            String plural = "tabs" + i;
            String yaml = CRON_TAB.replace("crontabs", plural).replace("crontab", "tab" + i)
                    .replace("CronTab", "Tab" + i).replace("[ct]", "[t" + i + "]");
            long begin = System.nanoTime();
            define(api, yaml);
            var took = Duration.ofNanos(System.nanoTime() - begin);
            fastest = took.compareTo(fastest) < 0 ? took : fastest;
        }
        assertTrue(fastest.toMillis() < 100, fastest.toString());
    }

    @Test
    void servesFromTheStartWhatIsInTheStore() {
        define(api, CRON_TAB);
        create("a", spec());
        try (var again = TestRegistry.over(server.registry().store());
                var customs = Customs.over(again.registry(), Schemas.builtIn(), Webhooks.NONE,
                        new ThreadDriver(InstantSource.system()))) {
            assertEquals("a", again.api().get(CRON_TABS.key("default", "a")).name(), customs.toString());
        }
    }

    @Test
    void prunesAndDefaultsWhatItStores() {
        define(api, CRON_TAB);
        var made = create("a", spec("unknown", 1, "free", JsonObject.of("any", JsonObject.of("thing", 1)),
                "steps", List.of(JsonObject.of("name", "x", "stray", true))));
        assertEquals(JsonObject.of("cronSpec", "* * * * */5", "free", JsonObject.of("any", JsonObject.of("thing", 1)),
                "steps", List.of(JsonObject.of("name", "x", "run", "now")), "image", "busybox", "replicas", 1),
                made.spec());
        assertEquals(1, made.generation());
        assertEquals(made, api.get(CRON_TABS.key("default", "a")));
    }

    @Test
    void refusesWhatTheSchemaForbids() {
        define(api, CRON_TAB);
        assertEquals("CronTab.stable.example.com \"a\" is invalid: spec.replicas: Invalid value: 11: spec.replicas in "
                + "body should be less than or equal to 10", refusal("a", spec("replicas", 11)));
        assertEquals("CronTab.stable.example.com \"a\" is invalid: spec.replicas: Invalid value: \"string\": "
                + "spec.replicas in body must be of type integer: \"string\"", refusal("a", spec("replicas", "x")));
        assertEquals("CronTab.stable.example.com \"a\" is invalid: spec.cronSpec: Required value",
                refusal("a", JsonObject.EMPTY));
        assertEquals("CronTab.stable.example.com \"a\" is invalid: spec.cronSpec: Invalid value: \"x\": "
                + "spec.cronSpec in body should match '^(\\S+ ){4}\\S+$'",
                refusal("a", JsonObject.of("cronSpec", "x")));
        assertEquals("CronTab.stable.example.com \"a\" is invalid: spec.steps[1]: Duplicate value: {\"name\":\"x\"}",
                refusal("a", spec("steps", List.of(JsonObject.of("name", "x"), JsonObject.of("name", "x")))));
        assertTrue(refusal("a", spec("labels", JsonObject.of("k", "toolong"))).contains("spec.labels.k: Too long"));
    }

    @Test
    void ratchetsWhenASchemaBecomesStricter() {
        define(api, CRON_TAB);
        create("a", spec("replicas", 9));
        var stricter = api.get(DEFINITIONS.key("crontabs.stable.example.com"));
        api.update(DEFINITIONS.key(stricter.name()), yaml(CRON_TAB.replace("maximum: 10", "maximum: 5"))
                .with(stricter.resourceVersion(), "metadata", "resourceVersion"));
        CustomResources.await(() -> {
            try {
                api.delete(CRON_TABS.key("default", create("b", spec("replicas", 9)).name()));
                return false;
            } catch (ApiException e) {
                return e.is(Reason.INVALID);
            }
        });
        var patched = api.patch(CRON_TABS.key("default", "a"),
                new Patch.Merge(JsonObject.of("spec", JsonObject.of("image", "other"))));
        assertEquals("other", patched.spec().text("image"));
        assertTrue(assertThrows(ApiException.class, () -> api.patch(CRON_TABS.key("default", "a"),
                new Patch.Merge(JsonObject.of("spec", JsonObject.of("replicas", 8))))).is(Reason.INVALID));
    }

    @Test
    void keepsStatusApartAndScalesByItsPaths() {
        define(api, CRON_TAB);
        create("a", spec("replicas", 2));
        var status = cronTab("a", spec("replicas", 9)).with(JsonObject.of("replicas", 2, "selector", "a=b"), "status");
        var before = api.get(CRON_TABS.key("default", "a"));
        var written = api.update(CRON_TABS.key("default", "a").sub("status"),
                status.with(before.resourceVersion(), "metadata", "resourceVersion"));
        assertEquals(2, written.spec().at("replicas").number(0));
        assertEquals(1, written.generation());
        var scale = api.get(CRON_TABS.key("default", "a").sub("scale"));
        assertEquals(JsonObject.of("replicas", 2, "selector", "a=b"), scale.status());
        var scaled = api.patch(CRON_TABS.key("default", "a").sub("scale"),
                new Patch.Merge(JsonObject.of("spec", JsonObject.of("replicas", 5))));
        assertEquals(5, scaled.spec().at("replicas").number(0));
        assertEquals(2, api.get(CRON_TABS.key("default", "a")).generation());
    }

    @Test
    void selectsByTheFieldsOfTheDefinition() {
        define(api, CRON_TAB);
        create("a", spec("image", "one"));
        create("b", spec("image", "two"));
        var query = new ListQuery(CRON_TABS, "default", LabelSelector.ALL,
                FieldSelector.parse("spec.image=two"), 0, "", "", "");
        assertEquals(List.of("b"), api.list(query).items().stream().map(KubeObject::name).toList());
    }

    @Test
    void knowsNoStrategicMergePatch() {
        define(api, CRON_TAB);
        create("a", spec());
        assertTrue(assertThrows(ApiException.class, () -> api.patch(CRON_TABS.key("default", "a"),
                new Patch.Strategic(JsonObject.EMPTY))).is(Reason.UNSUPPORTED_MEDIA_TYPE));
    }

    @Test
    void deletesTheObjectsBeforeTheDefinitionAndLetsItComeBack() {
        define(api, CRON_TAB);
        create("a", spec());
        api.delete(DEFINITIONS.key("crontabs.stable.example.com"));
        CustomResources.await(() -> CustomResources.gone(api, DEFINITIONS, "", "crontabs.stable.example.com"));
        CustomResources.await(() -> CustomResources.gone(api, CRON_TABS, "default", "a"));
        define(api, CRON_TAB);
        assertEquals(0, api.list(ListQuery.all(CRON_TABS)).items().size());
        create("a", spec());
    }

    @Test
    void waitsForFinalizersOfObjectsAndTakesNoNewOnes() {
        define(api, CRON_TAB);
        api.create(CRON_TABS.key("default", "a"), cronTab("a", spec())
                .with(Json.of(List.of("example.com/mine")), "metadata", "finalizers"));
        api.delete(DEFINITIONS.key("crontabs.stable.example.com"));
        CustomResources.await(() -> api.get(CRON_TABS.key("default", "a")).deleting());
        assertTrue(assertThrows(ApiException.class, () -> create("b", spec())).is(Reason.METHOD_NOT_ALLOWED));
        assertEquals("True", CustomResources.condition(api, "crontabs.stable.example.com", "Terminating"));
        api.patch(CRON_TABS.key("default", "a"), new Patch.JsonPatch(Json.of(List.of(
                JsonObject.of("op", "remove", "path", "/metadata/finalizers"))).array()));
        CustomResources.await(() -> CustomResources.gone(api, DEFINITIONS, "", "crontabs.stable.example.com"));
    }

    @Test
    void refusesADefinitionThatIsNotStructural() {
        for (var wrong : List.of(
                new String[] {"cronSpec: {type: string,", "cronSpec: {", "properties[cronSpec].type: Required value"},
                new String[] {"storage: true", "storage: false", "exactly one version marked as storage version"},
                new String[] {"name: crontabs.stable", "name: crontab.stable", "must be spec.names.plural+\\\".\\\""},
                new String[] {"pattern: '^(", "pattern: '((", "must be a valid regular expression"},
                new String[] {"default: 1}", "default: 11}", "should be less than or equal to 10"},
                new String[] {"x-kubernetes-list-map-keys: [name]", "description: x", "must not be empty if"})) {
            var definition = yaml(CRON_TAB.replace(wrong[0], wrong[1]));
            var refusal = assertThrows(ApiException.class,
                    () -> api.create(DEFINITIONS.key(definition.name()), definition), wrong[1]);
            assertTrue(refusal.is(Reason.INVALID), refusal.getMessage());
            assertTrue(refusal.getMessage().contains(wrong[2].replace("\\\"", "\"")), refusal.getMessage());
        }
    }

    @Test
    void givesANameToWhomeverHadItFirst() {
        define(api, CRON_TAB);
        String other = CRON_TAB.replace("crontabs", "tables").replace("singular: crontab", "singular: table");
        api.create(DEFINITIONS.key("tables.stable.example.com"), yaml(other));
        CustomResources.await(() -> CustomResources.condition(api, "tables.stable.example.com", "NamesAccepted")
                .equals("False"));
        assertEquals("False", CustomResources.condition(api, "tables.stable.example.com", "Established"));
        api.delete(DEFINITIONS.key("crontabs.stable.example.com"));
        CustomResources.await(() -> CustomResources.condition(api, "tables.stable.example.com", "Established")
                .equals("True"));
    }

    @Test
    void fieldsThatNoSchemaKnowsAreDroppedWhereverASchemaStands() {
        var definition = define(api, CRON_TAB.replace("run: {type: string, default: now}",
                "run: {type: string, default: now, wrong: 1}").replace("{type: string, maxLength: 5}",
                "{type: string, maxLength: 5, odd: {}}").replace("run: {type: string, ", "run: {type: string, "
                + "externalDocs: {url: here, wrong: 2}, x-kubernetes-validations: [{rule: \"true\", odd: 1}], "));
        String spec = definition.spec().toString();
        assertFalse(spec.contains("wrong") || spec.contains("odd"), spec);
        assertTrue(spec.contains("\"url\":\"here\"") && spec.contains("\"rule\":\"true\""), spec);
        assertTrue(definition.spec().toString().contains("\"default\":\"now\""));
        String strict = assertThrows(ApiException.class, () -> api.create(
                DEFINITIONS.key("crontabs.stable.example.com"), yaml(CRON_TAB.replace("{type: string, default: now}",
                        "{type: string, default: now, wrong: 1}")), new WriteOptions(false, "",
                        WriteOptions.FieldValidation.STRICT))).getMessage();
        assertTrue(strict.contains("unknown field \"spec.versions[0].schema.openAPIV3Schema.properties.spec.properties."
                + "steps.items.properties.run.wrong\""), strict);
    }

    @Test
    void ofVeryManyUnknownFieldsSomeAreTold() {
        var many = IntStream.range(0, 500).mapToObj(i -> ", odd" + i + ": 1").collect(Collectors.joining());
        String strict = assertThrows(ApiException.class, () -> api.create(
                DEFINITIONS.key("crontabs.stable.example.com"), yaml(CRON_TAB.replace("default: now}",
                        "default: now" + many + "}")), new WriteOptions(false, "",
                        WriteOptions.FieldValidation.STRICT))).getMessage();
        assertEquals(100, strict.split("unknown field", -1).length - 1);
    }
}
