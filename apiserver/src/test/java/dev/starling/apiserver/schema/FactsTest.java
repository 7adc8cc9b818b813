package dev.starling.apiserver.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.json.Json;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The facts in the tables hold for the fields they point at. That the fields exist, the build itself checks. */
class FactsTest {
    private static final Schemas SCHEMAS = Schemas.builtIn();

    private static Map<String, Schema> definitions() {
        Map<String, Schema> definitions = new TreeMap<>();
        Deque<Schema> open = new ArrayDeque<>();
        List<ResourceType> types = new ArrayList<>(Kinds.STORED);
        types.addAll(List.of(Kinds.POD_METRICS, Kinds.NODE_METRICS, Kinds.AUTOSCALERS_V1, Kinds.EVENTS_V1,
                Kinds.COMPONENT_STATUSES));
        types.forEach(type -> open.add(SCHEMAS.find(type).orElseThrow(() -> new AssertionError(type.toString()))));
        types.forEach(type -> open.add(SCHEMAS.find(type.apiVersion(), type.kind() + "List").orElseThrow()));
        Set<Schema> seen = new HashSet<>();
        while (!open.isEmpty()) {
            Schema schema = open.remove();
            if (seen.add(schema)) {
                schema.reference().ifPresent(name -> definitions.put(name, SCHEMAS.definition(name)));
                open.addAll(schema.properties().values());
                schema.items().ifPresent(open::add);
                schema.additional().ifPresent(open::add);
            }
        }
        return definitions;
    }

    @Test
    void mergeKeysAndMapKeysExistInTheElements() {
        definitions().forEach((name, definition) -> definition.properties().forEach((field, schema) -> {
            List<String> keys = new ArrayList<>(schema.listMapKeys());
            if (!schema.patchMergeKey().isEmpty()) {
                keys.add(schema.patchMergeKey());
            }
            keys.forEach(key -> assertTrue(schema.items().orElseThrow().property(key).isPresent(),
                    name + "." + field + ": " + key));
            assertEquals(schema.listType().equals("map"), !schema.listMapKeys().isEmpty(), name + "." + field);
            if (!schema.listType().isEmpty()) {
                assertEquals(Schema.Type.ARRAY, schema.type(), name + "." + field);
            }
        }));
    }

    @Test
    void defaultsFitTheirFields() {
        definitions().forEach((name, definition) -> definition.properties().forEach((field, schema) ->
                schema.defaultValue().ifPresent(value -> {
                    boolean fits = StructuralValidation.all(schema, value).stream()
                            .allMatch(error -> error.kind() == FieldError.Kind.REQUIRED);
                    assertTrue(fits, name + "." + field + ": " + value);
                })));
    }

    @Test
    void everyKindNamesItself() {
        for (ResourceType type : Kinds.STORED) {
            Json kind = SCHEMAS.find(type).orElseThrow().json().array("x-kubernetes-group-version-kind").at(0);
            assertEquals(type.kind(), kind.object().text("kind"));
            assertEquals(type.group(), kind.object().text("group"));
            assertEquals(type.version(), kind.object().text("version"));
        }
    }

    @Test
    void everyFieldHasADescription() {
        definitions().forEach((name, definition) -> {
            Map<String, String> texts = SCHEMAS.texts(name);
            definition.properties().keySet().forEach(field ->
                    assertFalse(texts.getOrDefault(field, "").isEmpty(), name + "." + field));
        });
    }

    @ParameterizedTest
    @CsvSource({"Container,ports,map,containerPort,merge", "Container,env,map,name,merge",
        "Container,volumeMounts,map,mountPath,merge", "PodSpec,volumes,map,name,'merge,retainKeys'",
        "PodSpec,tolerations,atomic,'',''", "PodSpec,hostAliases,map,ip,merge", "ServiceSpec,ports,map,port,merge",
        "PodStatus,conditions,map,type,merge", "NodeSpec,taints,atomic,'',''",
        "PodSpec,topologySpreadConstraints,map,topologyKey,merge", "Container,command,atomic,'',''"})
    void listsMergeAsUpstreamsDo(String type, String field, String listType, String mergeKey, String strategy) {
        Schema schema = SCHEMAS.definition("io.k8s.api.core.v1." + type).property(field).orElseThrow();
        assertEquals(listType, schema.listType());
        assertEquals(mergeKey, schema.patchMergeKey());
        assertEquals(strategy, String.join(",", schema.patchStrategies()));
    }
}
