package dev.starling.apiserver.http;

import static dev.starling.apiserver.http.CustomResources.DEFINITIONS;
import static dev.starling.apiserver.http.CustomResources.define;
import static dev.starling.apiserver.http.CustomResources.yaml;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.Patch;
import dev.starling.kube.http.HttpApi;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rules in CEL of custom kinds, over HTTP. */
@Timeout(90)
class CustomRulesTest {
    private static final ResourceType TYPE = new ResourceType("example.com", "v1", "ruleds", "Ruled", true);
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

    /** A definition whose spec has these rules. */
    private static String definition(String rules) {
        return """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: ruleds.example.com}
                spec:
                  group: example.com
                  scope: Namespaced
                  names: {plural: ruleds, kind: Ruled}
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    schema:
                      openAPIV3Schema:
                        type: object
                        properties:
                          spec:
                            type: object
                            x-kubernetes-validations: [%s]
                            properties:
                              min: {type: integer}
                              max: {type: integer}
                              kind: {type: string, maxLength: 10, x-kubernetes-validations: [
                                {rule: self == oldSelf, message: kind is immutable}]}
                              words: {type: array, items: {type: string}}
                """.formatted(rules);
    }

    private KubeObject create(String name, JsonObject spec) {
        return api.create(TYPE.key("default", name), KubeObject.named(TYPE, "default", name).with(spec, "spec"));
    }

    private String refusal(JsonObject spec) {
        return assertThrows(ApiException.class, () -> create("a", spec)).getMessage();
    }

    @Test
    void refusesWhatARuleForbidsInItsWords() {
        define(api, definition("{rule: self.min <= self.max, message: min is above max}, "
                + "{rule: self.min >= 0, messageExpression: \"'min is ' + string(self.min)\", fieldPath: .min, "
                + "reason: FieldValueForbidden}, {rule: self.max < 100}"));
        create("ok", JsonObject.of("min", 1, "max", 2));
        assertEquals("Ruled.example.com \"a\" is invalid: spec: Invalid value: \"object\": min is above max",
                refusal(JsonObject.of("min", 3, "max", 2)));
        assertEquals("Ruled.example.com \"a\" is invalid: spec.min: Forbidden: min is -1",
                refusal(JsonObject.of("min", -1, "max", 2)));
        assertEquals("Ruled.example.com \"a\" is invalid: spec: Invalid value: \"object\": failed rule: "
                + "self.max < 100", refusal(JsonObject.of("min", 1, "max", 200)));
        assertTrue(refusal(JsonObject.of("min", 1)).contains("no such key: max evaluating rule: min is above max"));
        assertTrue(refusal(JsonObject.of("min", "x", "max", 1)).contains("some validation rules were not checked"));
    }

    @Test
    void judgesChangesByTransitionRulesAndRatchets() {
        define(api, definition("{rule: '!has(self.max) || self.max < 100'}"));
        create("a", JsonObject.of("kind", "x", "max", 5));
        var refusal = assertThrows(ApiException.class, () -> api.patch(TYPE.key("default", "a"),
                new Patch.Merge(JsonObject.of("spec", JsonObject.of("kind", "y")))));
        assertEquals("Ruled.example.com \"a\" is invalid: spec.kind: Invalid value: \"string\": kind is immutable",
                refusal.getMessage());
        var stored = api.get(DEFINITIONS.key("ruleds.example.com"));
        api.update(DEFINITIONS.key("ruleds.example.com"), yaml(definition("{rule: '!has(self.max) || self.max < 3'}"))
                .with(stored.resourceVersion(), "metadata", "resourceVersion"));
        CustomResources.await(() -> {
            try {
                api.delete(TYPE.key("default", create("b", JsonObject.of("max", 5)).name()));
                return false;
            } catch (ApiException e) {
                return e.is(Reason.INVALID);
            }
        });
        assertEquals("v", api.patch(TYPE.key("default", "a"), new Patch.Merge(JsonObject.of("metadata",
                JsonObject.of("labels", JsonObject.of("k", "v"))))).labels().get("k"));
        assertThrows(ApiException.class, () -> api.patch(TYPE.key("default", "a"),
                new Patch.Merge(JsonObject.of("spec", JsonObject.of("min", 1)))));
    }

    @Test
    void refusesDefinitionsWithWrongOrCostlyRules() {
        for (var wrong : List.of(new String[] {"{rule: self.nothing == 1}", "undefined field 'nothing'"},
                new String[] {"{rule: self.min}", "must evaluate to bool"},
                new String[] {"{rule: nosuch(self.min)}", "undeclared reference to 'nosuch'"},
                new String[] {"{rule: 'self.words.all(a, self.words.all(b, a == b))'}",
                    "estimated rule cost exceeds budget by factor of more than 100x"},
                new String[] {"{rule: self.min > 1, messageExpression: self.min}", "must evaluate to string"},
                new String[] {"{rule: self.min > 1, fieldPath: .other}", "fieldPath must be a valid path"})) {
            var definition = yaml(definition(wrong[0]));
            var refusal = assertThrows(ApiException.class,
                    () -> api.create(DEFINITIONS.key(definition.name()), definition), wrong[0]);
            assertTrue(refusal.is(Reason.INVALID), refusal.getMessage());
            assertTrue(refusal.getMessage().contains(wrong[1]), refusal.getMessage());
        }
    }

    @Test
    void knowsAnOptionalOldValue() {
        define(api, definition("{rule: 'oldSelf.hasValue() || self.min == 1', optionalOldSelf: true}"));
        assertTrue(refusal(JsonObject.of("min", 2)).contains("failed rule"));
        create("a", JsonObject.of("min", 1));
        api.patch(TYPE.key("default", "a"), new Patch.Merge(JsonObject.of("spec", JsonObject.of("min", 2))));
    }
}
